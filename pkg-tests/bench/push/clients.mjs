/** A process with many clients of the package, each with a stream, that reports when they noticed a change. */

import { createPermissions } from "permgate";
import { now } from "./clock.mjs";

/** The number of clients that start at the same time; more would wait for each other. */
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
// The parent process has ended, or is done.
process.on("disconnect", () => process.exit());

const handlers = {
  /** Starts clients, and waits until each has a stream with a first message. */
  async connect({ origin, sessions }) {
    const left = [...sessions];
    while (left.length > 0) await Promise.all(left.splice(0, AT_ONCE).map((session) => connect(origin, session)));
    return clients.length;
  },

  /** Begins to watch which clients still have a permission: those of one user, or all. */
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

  /** The times at which the clients noticed, once all of them have a fresh set again. */
  noticed: () => round.done,

  /** Waits until all clients have all of these permissions again. */
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
