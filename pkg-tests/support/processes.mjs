/** Starts programs that must not outlive the tests, nor must their children. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { DEADLINE_MS, within } from "./deadline.mjs";

/** The end of the output of a program, for when it fails. */
const LOG_CHARACTERS = 2_000;

/** How long a program that is asked to end may take, in milliseconds: containers wait for 10 s before they end it by force. */
const STOP_MS = 10_000;

/** The running programs: each leads a process group of its own, with its children. */
const running = new Set();

// This also runs when an error is thrown outside of all tests.
process.once("exit", () => running.forEach(kill));

/**
 * Starts a program, in the folder `cwd` if it is given. `line(pattern)` waits for a matching line in any of
 * its outputs, and returns its first group; `gone` rejects with the end of its log when it ends;
 * `stop(signal)` asks it to end, as a terminal or a container does, and waits until it has; `end()` ends it with its children.
 */
export function start(program, args, environment = {}, cwd = undefined) {
  const child = spawn(program, args, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let log = "";
  const gone = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`\`${program}\` ended with ${code ?? signal}:\n${log}`)));
  });
  // When the program ends, there may be no handler for this rejection.
  gone.catch(() => undefined);
  const waiting = new Set();
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on("line", (line) => {
      log = `${log}${line}\n`.slice(-LOG_CHARACTERS);
      for (const { pattern, resolve } of waiting) {
        const [, found] = pattern.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      }
    });
  }
  return {
    gone,
    end: () => end(child),
    async stop(signal) {
      const ended = once(child, "exit");
      child.kill(signal);
      await within(`the end of \`${program}\` after ${signal}`, ended, { deadlineMs: STOP_MS });
    },
    line(pattern) {
      const found = new Promise((resolve) => waiting.add({ pattern, resolve }));
      return within(`a line of \`${program}\` that matches ${pattern}`, Promise.race([found, gone]), { deadlineMs: DEADLINE_MS });
    },
  };
}

/** Ends all programs that were started here, the last one first, and waits until they are gone. */
export async function endAll() {
  for (const child of [...running].reverse()) await end(child);
}

async function end(child) {
  if (!running.has(child)) return;
  const gone = once(child, "exit");
  kill(child);
  await within("the end of a program", gone);
}

/** Ends the whole group: otherwise children may outlive the program. */
function kill(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * The processes of this program in the groups that were started here (Linux only), each with the
 * ticks of processor time that it has used.
 */
export function members(program) {
  const groups = new Set([...running].map(({ pid }) => String(pid)));
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    // After the name, which may hold anything: state, parent, group …, the time used at 11 and 12.
    const [, name, rest] = /\((.*)\) (.*)/.exec(read(`/proc/${pid}/stat`)) ?? [];
    const fields = rest?.split(" ") ?? [];
    if (!name || !program.startsWith(name) || !groups.has(fields[2])) return [];
    return [{ pid: Number(pid), ticks: Number(fields[11]) + Number(fields[12]) }];
  });
}

/** The text of a file; empty if the process is gone. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** A port on which nothing listened a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
