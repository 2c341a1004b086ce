/** The cost of `permgate/backend`: the CPU of `require` beside the same route with a load alone, in one run, and the resources that 5 000 streams take. */

import { Agent, get } from "node:http";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { endAll, start } from "../support/processes.mjs";

const ROUNDS = 7;
const REQUESTS = 4_000;
const AT_ONCE = 16;
const STREAMS = 5_000;
const USERS = 50;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask(url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece)).on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode}: ${text}`))));
    }).on("error", reject);
  });
}

async function launch(kind) {
  const program = start(process.execPath, ["--expose-gc", "bench/kit-app.mjs", kind], {}, HERE);
  const origin = await program.line(/^listening on (\S+)/);
  return { origin, use: async (query = "") => JSON.parse(await ask(`${origin}/use${query}`)) };
}

/** The CPU of one request, in microseconds. */
async function round({ origin, use }) {
  const before = await use();
  let sent = 0;
  const work = async () => {
    while (sent < REQUESTS) {
      const user = (sent += 1) % USERS;
      await ask(`${origin}/api/invoices`, { authorization: `Bearer u-${user}` });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return ((await use()).cpuMs - before.cpuMs) * 1000 / REQUESTS;
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

async function measureRequire() {
  const apps = Object.fromEntries(await Promise.all(["bare", "load", "require"].map(async (kind) => [kind, await launch(kind)])));
  const rounds = { bare: [], load: [], require: [] };
  // Warm-up rounds, in which the engine compiles the frequent code.
  for (const app of Object.values(apps)) for (let turn = 0; turn < 5; turn += 1) await round(app);
  // In turns, so that other load of the machine affects all alike.
  for (let turn = 0; turn < ROUNDS; turn += 1) for (const [kind, app] of Object.entries(apps)) rounds[kind].push(await round(app));
  await endAll();
  const [bare, load, require] = ["bare", "load", "require"].map((kind) => median(rounds[kind]));
  return [
    { name: "kit: CPU of a request with `require`", ours: require, peer: load, ratio: require / load, unit: "µs", peerName: "Express with one load", aim: "at most 1.3", met: require / load <= 1.3 },
    { name: "kit: CPU of the bare route", ours: bare, peer: null, ratio: null, unit: "µs" },
  ];
}

async function measureStreams() {
  const { origin, use } = await launch("streams");
  const before = await use("?collect=1");
  let versions = 0;
  const open = (user) =>
    new Promise((resolve, reject) => {
      get(`${origin}/api/me/permissions/events`, { headers: { authorization: `Bearer u-${user}` } }, (response) => {
        response.setEncoding("utf8").on("data", (text) => {
          versions += text.split("event: version").length - 1;
          resolve();
        });
      }).on("error", reject);
    });
  for (let index = 0; index < STREAMS; index += 100) await Promise.all(Array.from({ length: 100 }, (_, more) => open((index + more) % USERS)));
  const after = await use("?collect=1");
  if (after.streams !== STREAMS) throw new Error(`${after.streams} streams are open, not ${STREAMS}`);
  const kB = (name) => (after[name] - before[name]) / STREAMS / 1024;
  versions = 0;
  const began = performance.now();
  for (let user = 0; user < USERS; user += 1) await fetch(`${origin}/change/u-${user}?version=2`, { method: "POST" });
  await until("every stream reports the change", () => versions >= STREAMS);
  const heardMs = performance.now() - began;
  await endAll();
  const row = (name, ours, unit) => ({ name: `kit: ${STREAMS} streams on one node, ${name}`, ours, peer: null, ratio: null, unit });
  return [
    row("heap for each", kB("heapUsed"), "kB"),
    row("memory of the process for each", kB("rss"), "kB"),
    row(`until every stream has reported a change for each of ${USERS} users`, heardMs, "ms"),
  ];
}

/** The rows of the report. */
export async function kitRows() {
  return { rows: [...(await measureRequire()), ...(await measureStreams())] };
}
