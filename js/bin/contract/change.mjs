/** Runs the caller's command that changes the user's permissions, checks which streams announce it, and undoes it. */

import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { readDocument } from "./engine.mjs";
import { NetworkError } from "./exchange.mjs";
import { versionField } from "./fields.mjs";
import { attempt, pollOf } from "./probes.mjs";
import { isVersion, messageOf } from "./stream-checks.mjs";

/** How long a poll waits while a command runs, in seconds. */
const POLL_SECONDS = 25;

/** How many characters of the end of a failed command's output are printed. */
const LOG_CHARACTERS = 2_000;

/**
 * Makes the change with the streams open, undoes it, and stores the results in `answers.change`. Once the first command
 * has begun, the command that undoes it always runs.
 */
export async function makeChange(client, options, answers, streams, say) {
  const change = { ways: {}, absent: {}, announcedNames: [], stillGranted: [], revokedNames: [], hasWildcards: (options.reading.dialect ?? "segments") !== "exact" };
  answers.change = change;
  const before = answers.read.snapshot?.version ?? answers.field?.version ?? 0;
  try {
    await applyChange(client, options, answers, streams, before, say);
  } finally {
    for (const { close } of streams) close();
    if (options.restore !== undefined) await undoChange(client, options, answers, say);
  }
}

async function applyChange(client, options, answers, streams, before, say) {
  const { change } = answers;
  const { withinMs } = options;
  const isNews = (message) => {
    const { type, version } = messageOf(message) ?? {};
    return isVersion(type) && version > before;
  };
  const patient = new AbortController();
  const signal = AbortSignal.any([client.signal, patient.signal]);
  // The wait starts before the command, which may end after its change was pushed.
  const waits = streams.map(({ name, inbox }) => {
    const announcement = inbox.wait(isNews, 2 ** 31 - 1, signal).catch((error) => {
      client.signal.throwIfAborted();
      if (error?.name !== "AbortError") throw error;
      return undefined;
    });
    // Awaited below, unless the command is interrupted first.
    announcement.catch(() => undefined);
    return { name, announcement };
  });
  const first = waits.length > 0 ? Promise.any(waits.map(async ({ announcement }) => (await announcement) ?? Promise.reject(new Error("silent")))) : undefined;
  const atOnce = first?.then(async (message) => {
    const answer = await client.ask(options.url);
    return { message: messageOf(message), read: answer.status === 200 ? await readDocument(answer, options.reading) : undefined };
  }).catch(() => undefined);
  const polled = streams.length === 0 && options.poll ? askPoll(client, options, before) : undefined;
  try {
    change.code = await run(options.change, client.signal, say);
    if (change.code === 0) {
      const limit = setTimeout(() => patient.abort(), withinMs);
      for (const { name, announcement } of waits) change.ways[name] = { message: await announcement };
      clearTimeout(limit);
      if (polled) change.ways.poll = { message: await inTime(polled, withinMs) };
      change.atOnce = await atOnce;
      await compare(client, options, answers, streams);
    }
  } finally {
    patient.abort();
  }
  if (options.poll && !polled && options.restore === undefined) {
    change.absent.poll = "two streams are open already; give `--restore-with`, and the long poll is checked by the second change";
  }
}

/** Compares the document after the change with the messages about it. */
async function compare(client, options, answers, streams) {
  const { change } = answers;
  const { etag } = answers.document.headers;
  const ask = () => attempt(() => client.ask(options.url, { headers: etag ? { "If-None-Match": etag } : {} }));
  const isSame = ({ status, headers }) => status === 304 || versionField(headers["permissions-version"])?.version === answers.field?.version;
  change.after = await ask();
  if (isSame(change.after)) {
    // Commands may only begin a change: it then has as long to be visible as to be pushed.
    await sleep(options.withinMs, undefined, { signal: client.signal }).catch(() => client.signal.throwIfAborted());
    change.after = await ask();
  }
  if (change.after.status !== 200) return;
  const messages = streams.flatMap(({ inbox }) => inbox.messages.map(messageOf)).filter((message) => message?.type === "revoked" && Array.isArray(message.permissions));
  change.announcedNames = [...new Set(messages.flatMap(({ permissions }) => permissions.filter((name) => typeof name === "string")))];
  change.read = await readDocument(change.after, options.reading, change.announcedNames);
  if (!change.read.snapshot) return;
  change.revokedNames = answers.read.snapshot ? revokedBetween(answers.read.snapshot, change.read.snapshot) : [];
  change.stillGranted = change.read.granted;
}

/** The permissions that a later set lacks: removed grants, new denials, and roles and groups that the user has left. */
function revokedBetween(before, after) {
  const scoped = ({ grants }, wanted) => grants.filter(({ effect }) => effect === wanted).map(({ permission, resource }) => `${permission} on ${resource}`);
  const allowed = (set) => [...set.permissions, ...scoped(set, "allow"), ...(set.roles ?? []).map((name) => `role(${name})`), ...(set.groups ?? []).map((name) => `group(${name})`)];
  const denied = (set) => [...set.denied, ...scoped(set, "deny")];
  const beyond = (list, other) => list.filter((name) => !other.includes(name));
  return [...beyond(allowed(before), allowed(after)), ...beyond(denied(after), denied(before))];
}

async function undoChange(client, options, answers, say) {
  const { change } = answers;
  const version = change.read?.snapshot?.version;
  const isInterrupted = client.signal.aborted;
  const polls = options.poll && !change.ways.poll && typeof version === "number" && !isInterrupted;
  const polled = polls ? askPoll(client, options, version) : undefined;
  // This always runs, even after a failure or another signal.
  change.restored = await run(options.restore, undefined, say);
  if (change.restored !== 0) say(`\`${options.restore}\` ended with ${change.restored}; undo the change by hand`);
  if (polled) change.ways.poll = { message: await inTime(polled, options.withinMs) };
}

/** Sends a long poll; returns the version of its answer, if it is newer. */
async function askPoll(client, { url }, version) {
  try {
    const answer = await client.ask(pollOf(url, POLL_SECONDS, version), { extraMs: POLL_SECONDS * 1000 });
    const field = versionField(answer.headers["permissions-version"]);
    return field && field.version > version ? field : null;
  } catch (error) {
    if (error instanceof NetworkError || client.signal.aborted) return null;
    throw error;
  }
}

function inTime(promise, ms) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs a command in a shell; returns its exit status, or the signal. Its output is printed if it fails. */
function run(command, signal, say) {
  return new Promise((resolve, reject) => {
    // The command has a process group of its own: a terminal's interrupt only reaches this process, which then ends the
    // group.
    const child = spawn(command, { shell: true, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding("utf8").on("data", (text) => {
        log = (log + text).slice(-LOG_CHARACTERS);
      });
    }
    const abort = () => {
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        child.kill();
      }
    };
    signal?.addEventListener("abort", abort);
    child.once("error", reject);
    // Not at the end of its outputs, which may never come, since it may have started a server.
    child.once("exit", (code, ended) => {
      signal?.removeEventListener("abort", abort);
      for (const output of [child.stdout, child.stderr]) {
        for (let rest = output.read(); rest !== null; rest = output.read()) log += rest;
        output.destroy();
      }
      if (code !== 0 && log.trim() !== "") say(`\`${command}\` printed: ${log.trim()}`);
      if (signal?.aborted) reject(signal.reason);
      else resolve(code ?? ended);
    });
  });
}
