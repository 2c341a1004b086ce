/** Spreads clients over several processes, and questions them together. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../../support/deadline.mjs";

const PROGRAM = fileURLToPath(new URL("clients.mjs", import.meta.url));

/** The number of processes: more would only wait for each other on a small machine. */
const PROCESSES = 2;

/** The time in which a thousand clients start even on a busy machine. */
const DEADLINE_MS = 120_000;

/** Starts a client for each session; `close` ends them. */
export async function startClients(origin, sessions) {
  const children = Array.from({ length: Math.min(PROCESSES, sessions.length) }, start);
  const all = (messages) => Promise.all(children.map((child, index) => ask(child, messages(index))));
  const close = async () => {
    await Promise.all(
      children.map(({ child, ended }) => {
        child.kill("SIGKILL");
        return ended.catch(() => undefined);
      }),
    );
  };
  try {
    await all((index) => ({
      kind: "connect",
      origin,
      sessions: sessions.filter((_, number) => number % children.length === index),
    }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    watch: (name, username) => all(() => ({ kind: "watch", name, username })),
    noticed: async () => (await all(() => ({ kind: "noticed" }))).flat(),
    granted: (names) => all(() => ({ kind: "granted", names })),
    close,
  };
}

function start() {
  const child = fork(PROGRAM);
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`a process with clients ended with ${code ?? signal}`);
  });
  // The process also ends when its input ends.
  ended.catch(() => undefined);
  return { child, ended };
}

async function ask({ child, ended }, message) {
  const heard = new AbortController();
  const answered = once(child, "message", { signal: heard.signal }).then(([{ answer, error }]) => {
    if (error !== undefined) throw new Error(`in a process with clients: ${error}`);
    return answer;
  });
  child.send(message);
  try {
    return await within(`\`${message.kind}\` of the clients`, Promise.race([answered, ended]), { deadlineMs: DEADLINE_MS });
  } finally {
    answered.catch(() => undefined);
    heard.abort();
  }
}
