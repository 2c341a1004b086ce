/** Waits for a condition, with a deadline: a test that waits for time to pass is slow and still flaky. */

import { setInterval } from "node:timers/promises";

/** The time after which a test gives up, in milliseconds: long, since the machines are shared. */
export const DEADLINE_MS = 30_000;

/** The time between two checks of the condition, in milliseconds. */
const INTERVAL_MS = 20;

/**
 * Waits until `condition` returns a truthy value, and returns it. After the deadline, throws an error
 * with the name of the condition and the value that it returned (or the error that it threw) last.
 */
export async function until(what, condition, { deadlineMs = DEADLINE_MS } = {}) {
  const end = performance.now() + deadlineMs;
  let last = await attempt(condition);
  if (last.value) return last.value;
  for await (const _ of setInterval(INTERVAL_MS)) {
    last = await attempt(condition);
    if (last.value) return last.value;
    if (performance.now() > end) break;
  }
  const seen = "error" in last ? `it threw ${last.error}` : `it was ${JSON.stringify(last.value)}`;
  throw new Error(`waited ${deadlineMs} ms in vain for: ${what}; ${seen}`, { cause: last.error });
}

/** Rejects when `promise`, which may never settle, does not settle in time. */
export async function within(what, promise, { deadlineMs = DEADLINE_MS } = {}) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt(condition) {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
