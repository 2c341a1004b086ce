/** The time until the first and the last stream of thousands of connected users report a change of their role. */

import { connect } from "node:net";
import { call } from "../../e2e/oracle.mjs";
import { within } from "../../support/deadline.mjs";
import { median, rowAlone } from "../rounds.mjs";

/** The number of connected users, each with one stream. */
export const USERS = 8_000;

const ROLE = "crowd";
const ROUNDS = 6;

/** The number of connections that wait to be accepted at a time. */
const AT_ONCE = 100;

/** Measures everything, and returns the rows. `tokens` maps user names to tokens, also the administrator's. */
export async function crowdRows({ origin, tokens }) {
  const administrator = { origin, headers: { authorization: `Bearer ${tokens.get("administrator")}` } };
  const { permissions } = await call(administrator, "GET", "/api/catalogue");
  const streams = [];
  try {
    for (const [username, token] of tokens) {
      if (username === "administrator") continue;
      streams.push(listen(origin, token));
      if (streams.length % AT_ONCE === 0) await within("streams", Promise.all(streams.slice(-AT_ONCE).map(({ opened }) => opened)));
    }
    await within("the streams", Promise.all(streams.map(({ opened }) => opened)));
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const heard = Promise.all(streams.map((stream) => stream.hears()));
      const content = { title: "Crowd", permissions: permissions.slice(round + 1) };
      const sent = performance.now();
      const changed = call(administrator, "PUT", `/api/admin/roles/${ROLE}`, content);
      const answered = changed.then(() => performance.now() - sent);
      const times = (await within("the events", heard)).map((time) => time - sent);
      // The first change finds cold caches.
      if (round > 0) rounds.push({ first: Math.min(...times), last: Math.max(...times), answered: await answered });
    }
    const of = (what) => median(rounds.map((round) => round[what]));
    const line = (what, aim) => ({
      ...rowAlone(`a change for ${USERS} connected users: the ${what}`, of(what.split(" ")[0]), "ms"),
      ...(aim && { aim, met: of(what.split(" ")[0]) <= aim }),
    });
    return [line("first event", 100), line("last event", 1_000), line("answered request")];
  } finally {
    for (const stream of streams) stream.close();
  }
}

/** An event stream on a raw socket: `hears()` resolves to the time of its next change. */
function listen(origin, token) {
  const { hostname, port, host } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let begin;
  let told;
  let failed;
  const opened = new Promise((resolve, reject) => {
    begin = resolve;
    failed = reject;
  });
  socket.on("connect", () => {
    socket.write(`GET /api/me/permissions/events HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`);
  });
  socket.on("error", (error) => failed(error));
  socket.on("data", (chunk) => {
    // The first event is the version; each later one revokes a name.
    if (chunk.includes("event: version")) begin();
    if (chunk.includes("event: revoked")) told?.(performance.now());
  });
  return {
    opened,
    hears: () => new Promise((resolve) => (told = resolve)),
    close: () => socket.destroy(),
  };
}
