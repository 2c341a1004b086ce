/** A process with many clients of the package, each with its stream, that tells when they noticed what. */

import { createPermissions } from "permgate";
import { now } from "./clock.mjs";

/** How many begin at once: together they would wait for each other. */
const AT_ONCE = 25;

const clients = [];
let round;

process.on("message", async ({ kind, ...what }) => {
  try {
    const answer = await handlers[kind](what);
    process.send({ answer });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
// The parent is gone, or done.
process.on("disconnect", () => process.exit());

const handlers = {
  /** Begins clients, and waits until each has a stream that speaks. */
  async connect({ origin, sessions }) {
    const left = [...sessions];
    while (left.length > 0) await Promise.all(left.splice(0, AT_ONCE).map((session) => connect(origin, session)));
    return clients.length;
  },

  /** Begins to look who still may do something; of one user's clients, or of all. */
  watch({ name, username }) {
    const watched = clients.filter((client) => username === undefined || client.username === username);
    const gone = new Map();
    const settled = new Set();
    let resolve;
    const done = new Promise((resolved) => (resolve = resolved));
    const look = (client) => {
      if (!watched.includes(client) || client.permissions.can(name)) return;
      if (!gone.has(client)) gone.set(client, now());
      if (client.permissions.check(name).outcome === "denied") settled.add(client);
      if (settled.size === watched.length) resolve();
    };
    if (watched.length === 0) resolve();
    round = { look, done: done.then(() => [...gone.values()]) };
  },

  /** When each noticed, once all of them know again where they stand. */
  noticed: () => round.done,

  /** Waits until everybody may do all of this again. */
  async granted({ names }) {
    const may = ({ permissions }) => permissions.canAll(names) && permissions.status === "fresh";
    await Promise.all(clients.map((client) => when(client.permissions, () => may(client))));
  },
};

async function connect(origin, { username, token }) {
  const endpoint = `${origin}/api/me/permissions`;
  const permissions = await createPermissions({ endpoint, token, push: { events: `${endpoint}/events` } });
  const client = { username, permissions };
  await new Promise((resolve) => {
    permissions.on("activity", ({ kind }) => {
      if (kind === "message") resolve();
    });
  });
  permissions.on("change", () => round?.look(client));
  clients.push(client);
}

async function when(permissions, condition) {
  if (condition()) return;
  await new Promise((resolve) => {
    const stop = permissions.subscribe(() => {
      if (!condition()) return;
      stop();
      resolve();
    });
  });
}
