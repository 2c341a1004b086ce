/** From the administrator's request to the element hidden in every open tab, with up to 1 000 clients. */

/*
 * The measurement:
 * - An administrator's request to the real server revokes a permission: of one user, or of
 *   a role that all connected users have. The commit lies between the moment when that request
 *   is sent and the moment when the head of its answer arrives. Rows count from the former,
 *   unless they name another moment, so they include the request and the commit.
 * - Three tabs of permgate in one profile of Chromium (one stream for all three), and three tabs with
 *   hand-written code in another (a stream each), are open in every round: ours and the peer's
 *   numbers are of the same revocations. The time of the last of three tabs counts. `painted` is the end
 *   of the first frame without the element, in the tab in front: the others have no frames to show.
 * - All other clients are instances of the package in Node.js, in two processes: each reads its
 *   stream, fetches the set after a revocation, and reports when its listener of `change` was called.
 *   When all staff are concerned, the server and all clients have work at once; on a machine with
 *   few processors, most of what the last of them waits for is the work of the others.
 * - The next permission is revoked when all clients have fetched the set again.
 */

import { launch, openPage, openTab } from "../support/chromium.mjs";
import { DEADLINE_MS, within } from "../support/deadline.mjs";
import { idleStreams } from "./push/idle.mjs";
import { openOffice } from "./push/office.mjs";
import { startClients } from "./push/processes.mjs";
import { quantileRow, rowAlone } from "./rounds.mjs";

const TABS = 3;
const SIZES = [1, 100, 1_000];

/** The first rounds are not counted: everything is compiled in them. */
const WARM_UP = 5;

/** Measures everything, and returns the rows and the browser's version. */
export async function pushRows() {
  const office = await openOffice();
  try {
    const idle = await idleStreams(office);
    const rows = [rowAlone("bytes of a `revoked` message with one name", idle.message, "B")];
    if (idle.memory !== undefined) rows.push(rowAlone("server memory for an idle stream, of 1 000", idle.memory / 1024, "kB"));
    const browser = await launch();
    try {
      const [one] = office.staff;
      const ours = await openTabs(browser, office, one, "permgate");
      const peer = await openTabs(browser, office, one, "hand");
      for (const size of SIZES) rows.push(...(await withClients(office, { ours, peer }, size)));
      return { rows, browser: browser.version() };
    } finally {
      await browser.close();
    }
  } finally {
    await office.close();
  }
}

/** Tabs of one profile, signed in by cookie, run by permgate or by hand. */
async function openTabs(browser, { origin, names }, { username, password }, keeper) {
  const first = await openPage(browser);
  const tabs = [first];
  while (tabs.length < TABS) tabs.push(await openTab(first.context()));
  for (const tab of tabs) {
    await tab.goto(origin);
    await tab.evaluate(async () => (window.main = await import("/main.mjs")));
    if (tab === first) await tab.evaluate((who) => window.main.signIn(...who), [username, password]);
    await tab.evaluate(([keeper, names]) => window.main.begin(keeper, names), [keeper, names]);
  }
  await first.bringToFront();
  return tabs;
}

async function withClients(office, tabs, size) {
  const { names, staff, origin } = office;
  // The browser's stream is one of them.
  const sessions = Array.from({ length: size - 1 }, (_, number) => staff[number % staff.length]);
  const clients = sessions.length > 0 ? await startClients(origin, sessions) : undefined;
  try {
    const rows = [];
    for (const whom of size === 1 ? ["one user"] : ["one user", "all"]) {
      const rounds = [];
      for (const name of names) rounds.push(await revocation(office, tabs, clients, whom, name));
      await giveBack(office, tabs, clients);
      rows.push(...summary(`${size === 1 ? "1 client" : `${size} clients`}, ${whom}`, rounds.slice(WARM_UP)));
    }
    return rows;
  } finally {
    await clients?.close();
  }
}

/** Revokes one permission, and returns the times at which the clients noticed. */
async function revocation(office, { ours, peer }, clients, whom, name) {
  // All clients begin to wait before the change, so that no question disturbs them.
  const hidden = (tabs) => Promise.all(tabs.map((tab) => tab.evaluate((name) => window.main.whenHidden(name), name)));
  const waiting = within(`\`${name}\` is hidden`, Promise.all([hidden(ours), hidden(peer)]));
  await clients?.watch(name, whom === "one user" ? office.staff[0].username : undefined);
  const { sent, answered } = await (whom === "one user" ? office.takeFromOne(name) : office.takeFromAll(name));
  const [ownTabs, peerTabs] = await waiting;
  const noticed = (await clients?.noticed()) ?? [];
  await whenAll([...ours, ...peer], "denied", name);
  return { sent, answered, ours: last(ownTabs), peer: last(peerTabs), noticed: noticed.length > 0 ? Math.max(...noticed) : undefined };
}

async function giveBack(office, { ours, peer }, clients) {
  await office.giveBack();
  await whenAll([...ours, ...peer], "granted");
  await clients?.granted(office.names);
}

function whenAll(tabs, state, name) {
  const all = tabs.map((tab) => tab.evaluate(([state, name]) => window.main.whenAll(state, name ?? undefined), [state, name ?? null]));
  return within(`every client has the state ${state}`, Promise.all(all), { deadlineMs: 2 * DEADLINE_MS });
}

function last(tabs) {
  // The first tab is in front.
  return { hidden: Math.max(...tabs.map(({ hidden }) => hidden)), painted: tabs[0].painted };
}

function summary(where, rounds) {
  const since = (start, end) => rounds.map((round) => end(round) - round[start]);
  const beside = (what, name) => {
    const [ours, peer] = [since("sent", ({ ours }) => ours[what]), since("sent", ({ peer }) => peer[what])];
    return quantileRow(`${where}: ${name}`, ours, peer, { peerName: "EventSource, by hand", unit: "ms" });
  };
  const alone = (start, end, name) => quantileRow(`${where}: ${name}`, since(start, end), undefined, { unit: "ms" });
  const rows = [
    beside("hidden", `hidden in ${TABS} tabs`),
    beside("painted", "painted without the element"),
    // Below zero if the message arrived before the answer.
    alone("answered", ({ ours }) => ours.hidden, `hidden in ${TABS} tabs, since the answer`),
  ];
  if (rounds[0].noticed !== undefined) rows.push(alone("sent", ({ noticed }) => noticed, "the last in Node.js"));
  return rows;
}
