/** The real server for a benchmark of push: staff who share a role, and an administrator who takes rights away. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { signInAside } from "../../e2e/demo.mjs";
import { call } from "../../e2e/oracle.mjs";
import { within } from "../../support/deadline.mjs";
import { DIST, HERE } from "../../support/permgate-folder.mjs";
import { now } from "./clock.mjs";

const PROGRAM = process.env.PERMGATE_SERVER ?? resolve(HERE, "../target/release/permgate-server");

/** Credentials that outlive the benchmark, which is not about renewal. */
const SECONDS = "86400";

/** The role that all of the staff have, and nobody else. */
const ROLE = "benchmark";

/** The number of the staff: a subject may have at most 64 streams. */
const STAFF = 20;

/** The names that are taken away, one after the other. */
const NAMES = 50;

/** Starts a server with the benchmark's page, its staff and an administrator; `close` ends it. */
export async function openOffice() {
  if (!existsSync(PROGRAM)) {
    throw new Error(`\`${PROGRAM}\` does not exist; run cargo build --release -p permgate-server, or name another in PERMGATE_SERVER`);
  }
  const folder = await mkdtemp(join(tmpdir(), "permgate-bench-"));
  await cp(join(HERE, "bench/push/page"), folder, { recursive: true });
  await cp(DIST, join(folder, "permgate"), { recursive: true });
  const lives = ["--token-ttl", SECONDS, "--session-ttl", SECONDS];
  const child = spawn(PROGRAM, ["--demo", "--port", "0", "--database", ":memory:", "--www", folder, ...lives], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const close = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await within("the end of the server", gone);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [line] = await within("the start of the server", once(createInterface(child.stdout), "line"));
    const origin = line.replace("listening on ", "");
    const staffed = await hire(origin);
    return { origin, ...staffed, close, residentBytes: () => residentBytes(child.pid) };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Creates the staff. `takeFromAll(name)` and `takeFromOne(name)` take a right away, from all of the
 * staff or from the first of them, and return the times of the request and of its answer;
 * `giveBack` undoes all of it.
 */
async function hire(origin) {
  const administrator = await signInAside({ origin }, "ada");
  const catalogue = await call(administrator, "GET", "/api/catalogue");
  const names = catalogue.permissions.slice(0, NAMES);
  const content = { title: "Benchmark", permissions: names };
  await call(administrator, "POST", "/api/admin/roles", { name: ROLE, ...content });
  const staff = [];
  for (let number = 0; number < STAFF; number += 1) {
    const username = `staff-${number}`;
    const password = `${username}-demo`;
    await call(administrator, "POST", "/api/admin/users", { username, name: username, password, roles: [ROLE] });
    const { token, subject } = await signInAside({ origin }, username);
    staff.push({ username, password, token, subject });
  }
  const [one] = staff;
  const left = new Set(names);
  const denied = [];
  const put = (path, body) => timed(administrator, path, body);
  const role = () => put(`/api/admin/roles/${ROLE}`, { ...content, permissions: [...left] });
  const grants = () => put(`/api/admin/users/${one.subject}/grants`, { grants: denied });
  return {
    names,
    staff,
    async takeFromAll(name) {
      left.delete(name);
      return role();
    },
    async takeFromOne(permission) {
      denied.push({ permission, effect: "deny" });
      return grants();
    },
    async giveBack() {
      if (denied.splice(0).length > 0) await grants();
      if (left.size < names.length) {
        for (const name of names) left.add(name);
        await role();
      }
    },
  };
}

/** Requests a change; `answered` is the time at which the head of the answer arrived. */
async function timed({ origin, headers }, path, body) {
  const init = { method: "PUT", headers: { ...headers, "content-type": "application/json", "if-match": "*" }, body: JSON.stringify(body) };
  const sent = now();
  const response = await fetch(origin + path, init);
  const answered = now();
  const text = await response.text();
  if (!response.ok) throw new Error(`PUT ${path} was answered with ${response.status}: ${text}`);
  return { sent, answered };
}

/** The memory of a process; undefined where the system does not show it. */
async function residentBytes(pid) {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
  } catch {
    return undefined;
  }
}
