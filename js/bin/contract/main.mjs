/** `permgate contract`: plan, requests, checks, report, exit status. */

import { UsageError } from "../usage-error.mjs";
import { makeChange } from "./change.mjs";
import { runCheck } from "./check.mjs";
import { CORS } from "./cors-checks.mjs";
import { DOCUMENT, REFUSALS, ROUTES } from "./document-checks.mjs";
import { Client } from "./exchange.mjs";
import { USAGE, readOptions } from "./options.mjs";
import { planOf } from "./plan.mjs";
import { askAcross, askAgain, askDocument, askForStreams, askPolls, askRoutes, openStreams, readStreams } from "./probes.mjs";
import { cleaner, reportText } from "./report.mjs";
import { CHANGE, EVENTS, POLL, SOCKET } from "./stream-checks.mjs";

/** All checks, numbered by their places. */
export const CHECKS = [...DOCUMENT, ...REFUSALS, ...ROUTES, ...CORS, ...EVENTS, ...SOCKET, ...POLL, ...CHANGE];

const PASSED = 0;
const FAILED = 1;
const UNUSABLE = 2;
const INTERRUPTED = 130;

/** Thrown when the user interrupts. */
class Interrupted extends Error {}

/** Runs the command with the arguments after its name; returns the exit status. */
export async function contract(args) {
  let clean = (text) => text;
  const say = (text) => process.stderr.write(`permgate: ${clean(text)}\n`);
  const end = new AbortController();
  let client;
  const interrupt = () => end.abort(new Interrupted("interrupted"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  try {
    const options = await readOptions(args);
    if (options === null) {
      process.stdout.write(USAGE);
      return PASSED;
    }
    clean = cleaner(options);
    for (const signal of signals) process.on(signal, interrupt);
    const plan = planOf(options);
    const out = options.json ? process.stderr : process.stdout;
    out.write(`permgate contract ${clean(options.url.href)}\n${plan.lines.map((line) => `${clean(line)}\n`).join("")}\n`);
    client = new Client(options, end.signal);
    const report = await run(client, options, say);
    process.stdout.write(options.json ? `${JSON.stringify({ url: clean(options.url.href), plan: { requests: plan.requests, streams: plan.streams }, ...cleanReport(report, clean) }, null, 2)}\n` : reportText(cleanReport(report, clean)));
    return report.counts.failed > 0 ? FAILED : PASSED;
  } catch (error) {
    if (error instanceof Interrupted) {
      say("interrupted before the checks had results");
      return INTERRUPTED;
    }
    if (!(error instanceof UsageError)) throw error;
    say(error.message);
    return UNUSABLE;
  } finally {
    client?.end();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

async function run(client, options, say) {
  const answers = await askDocument(client, options);
  Object.assign(answers, await askAgain(client, options, answers));
  Object.assign(answers, await askRoutes(client, options));
  Object.assign(answers, await askAcross(client, options));
  Object.assign(answers, await askPolls(client, options, answers));
  Object.assign(answers, await askForStreams(client, options));
  const streams = await openStreams(client, options, answers);
  if (options.change !== undefined) await makeChange(client, options, answers, streams, say);
  for (const { close } of streams) close();
  await readStreams(answers, options.reading);
  const checks = CHECKS.map((check, index) => ({ number: index + 1, ...runCheck(check, answers, options) }));
  const count = (outcome) => checks.filter((check) => check.outcome === outcome).length;
  const counts = { passed: count("passed"), failed: count("failed"), advice: count("advice"), unjudged: count("unjudged") };
  return { checks, counts, requests: client.count, mostStreams: client.mostStreams };
}

/** Answers of servers may hold credentials that they repeat, and control characters of terminals. */
function cleanReport(report, clean) {
  const checks = report.checks.map((check) => ("message" in check ? { ...check, message: clean(check.message) } : check));
  return { ...report, checks };
}
