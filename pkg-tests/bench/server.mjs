/** The processor time of a request at the server, beside a bare axum route, and the time until a change reaches thousands of streams. */

/*
 * The measurement:
 * - User time of the server's process per request; 32 connections send their requests one after
 *   the other. The bare route and our routes take turns, so that a slow moment of the machine
 *   affects all of them. The load is sent from this process, on raw sockets.
 * - The time from an administrator's request until the first and the last of 8 000 event streams report
 *   the change of a role that all of their users have.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { signInAside } from "../e2e/demo.mjs";
import { within } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { interleave, row } from "./rounds.mjs";
import { crowdRows, USERS } from "./server/crowd.mjs";
import { floodRows } from "./server/flood.mjs";
import { ask, load } from "./server/load.mjs";

const PROGRAM = process.env.PERMGATE_SERVER ?? resolve(HERE, "../target/release/permgate-server");
const BARE = process.env.PERMGATE_BARE ?? resolve(HERE, "../target/release/examples/bare");

const CROWD = process.env.PERMGATE_CROWD ?? resolve(HERE, "../target/release/examples/crowd");

const CONNECTIONS = 32;

/** The requests of each round; many, because the kernel counts processor time in hundredths of a second. */
const REQUESTS = 16_000;
const ROUNDS = { rounds: 7, warmUp: 1 };

/** Credentials that outlive the benchmark. */
const SECONDS = "86400";

/** Measures everything, and returns the rows. */
export async function serverRows({ crowd: withCrowd = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "permgate-bench-server-"));
  const programs = [];
  try {
    const bare = await start(BARE, []);
    programs.push(bare);
    const lives = ["--token-ttl", SECONDS, "--session-ttl", SECONDS];
    const ours = await start(PROGRAM, ["--demo", "--port", "0", "--database", join(folder, "bench.sqlite3"), ...lives]);
    programs.push(ours);
    const rows = await requestRows(bare, ours);
    if (!withCrowd) return { rows };
    const crowd = await start(CROWD, [join(folder, "crowd.sqlite3"), String(USERS)], "ready");
    programs.push(crowd);
    return { rows: [...rows, ...(await crowdRows(crowd))] };
  } finally {
    for (const program of programs) await program.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Real sign-ins while thousands of connections try wrong passwords. */
export async function signInRows() {
  const folder = await mkdtemp(join(tmpdir(), "permgate-bench-flood-"));
  const switches = ["--demo", "--port", "0", "--database", join(folder, "bench.sqlite3"), "--trusted-proxy", "127.0.0.1"];
  const server = await start(PROGRAM, switches);
  try {
    return { rows: await floodRows(server) };
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function requestRows(bare, ours) {
  const { token } = await signInAside(ours, "ada");
  const headers = { authorization: `Bearer ${token}` };
  const path = "/api/me/permissions";
  const { etag } = (await ask(ours.origin, { path, headers })).headers;
  const contenders = {
    bare: { of: bare, request: { path: "/bare", headers: {} }, status: 200 },
    unchanged: { of: ours, request: { path, headers: { ...headers, "if-none-match": etag } }, status: 304 },
    document: { of: ours, request: { path, headers }, status: 200 },
    record: { of: ours, request: { path: "/api/pages/payroll/records", headers }, status: 200 },
    signedOut: { of: ours, request: { path, headers: {} }, status: 401 },
  };
  const samples = await interleave(contenders, cost, ROUNDS);
  const beside = (name, what, aim) =>
    row(`user time: ${name}`, samples[what], samples.bare, { peerName: "bare axum route", unit: "µs", aim });
  return [
    beside("304 for the document", "unchanged", 4),
    beside("the document of an administrator", "document", 6),
    beside("a page's records, guarded", "record", 6),
    beside("401 without credentials", "signedOut", undefined),
  ];
}

/** Microseconds of user time for each request of a load. */
async function cost({ of, request, status }) {
  const before = await of.userSeconds();
  await within("the load", load(of.origin, { ...request, status, connections: CONNECTIONS, requests: REQUESTS }));
  return ((await of.userSeconds()) - before) * (1e6 / REQUESTS);
}

/** Starts a program that prints its address, and then perhaps tokens by user name, up to a last line. */
async function start(program, switches, last) {
  if (!existsSync(program)) {
    throw new Error(`\`${program}\` does not exist; cargo xtask bench builds it`);
  }
  const child = spawn(program, switches, { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => (await within("the start of a server", lines.next())).value;
  const origin = (await next()).replace("listening on ", "");
  const tokens = new Map();
  for (let line = last && (await next()); line !== last; line = await next()) tokens.set(...line.split(" "));
  return {
    origin,
    tokens,
    pid: child.pid,
    async close() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await within("the end of a server", gone);
    },
    userSeconds: () => userSeconds(child.pid),
  };
}

/** The user time of a process (proc_pid_stat(5), field 14, in hundredths of a second). */
async function userSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]) / 100;
}
