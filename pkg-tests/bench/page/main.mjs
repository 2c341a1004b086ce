/** Measures, in one page, permgate and the hand-written peer on the same elements; the other peers after them. */

/*
 * The comparison is fair for these reasons:
 * - Both sides are measured in turns in each round, on elements of their own, in the same document, under
 *   the same stylesheet (`cloak.css`). Both write the same attribute with the same values, and
 *   the written states are checked after each measurement.
 * - Style and layout are computed before each measurement and never inside one: both sides cause the same.
 * - Flips begin with the same text of a token and end when the last attribute is written. The peer
 *   applies the token synchronously. permgate asks for it in a few microtasks, which count as ours.
 *   Both sides read the token within the measurement. Flipping one permission takes less time than
 *   reading a token, so that row is given a second time without it: each side's time for the same
 *   flip without bound elements is subtracted. That time is measured after as much layout, since layout
 *   empties the processor's caches.
 *   The further duties of permgate cost as much as some dozens of writes, in any implementation: so the row
 *   is also given beside a peer with two of these duties.
 * - Additions are measured from the end of `append` to the end of the observers' microtask.
 */

import { interleave, oldRow, row, without } from "/bench/rounds.mjs";
import { HandWritten, HandWrittenWatching } from "./handwritten.mjs";
import { measurements as besideOthers } from "./peers.mjs";
import { ALL, ELEMENTS, NAMES, ONE, check, collectGarbage, expected, populate, settle } from "./population.mjs";
import { addition, atOnce, flips, permgate, timed } from "./sides.mjs";

const PEER = { peerName: "hand-written JavaScript", unit: "ms" };
const ROUNDS = { rounds: 41, warmUp: 12 };
/** An odd number of rounds, so that the flips of all elements do not end with the token that the next flips begin with. */
const OLD_ROUNDS = { rounds: 21, warmUp: 4 };
/** How often an act that takes microseconds is repeated for one sample: the clock has steps of 5 µs. */
const REPEATS = 40;
const OLD_REPEATS = 10;

async function sides(token) {
  return { ours: await permgate(token), peer: atOnce(new HandWritten(token)) };
}

async function binding() {
  const samples = await interleave(
    await sides(ALL[0]),
    async (side) => {
      const root = populate();
      collectGarbage();
      settle();
      const start = performance.now();
      side.bind(root);
      const taken = performance.now() - start;
      if (check(root, expected(ALL[0])) !== ELEMENTS) throw new Error("elements are missing");
      side.disconnect();
      root.remove();
      return taken;
    },
    ROUNDS,
  );
  return row("bind 10 000 elements", samples.ours, samples.peer, { ...PEER, aim: 1.1 });
}

/** Each side with its own root, bound for the whole benchmark. */
async function bound(token) {
  const both = await sides(token);
  for (const side of Object.values(both)) {
    side.root = populate();
    side.bind(side.root);
  }
  return both;
}

function release(both) {
  for (const side of Object.values(both)) {
    side.disconnect();
    side.root.remove();
  }
}

async function flippingAll() {
  const both = await bound(ALL[0]);
  const samples = await interleave(
    both,
    async (side, round) => {
      const token = ALL[Math.abs(round + 1) % 2];
      collectGarbage();
      const taken = await timed(() => side.flip(token));
      check(side.root, expected(token));
      return taken;
    },
    ROUNDS,
  );
  release(both);
  return row("flip all 10 000 elements", samples.ours, samples.peer, { ...PEER, aim: 1.1 });
}

/** Lays the page out as if the elements of one permission had flipped, and returns a function that repeats it. */
function stirring() {
  const elements = populate().querySelectorAll(`[data-permission="${NAMES[0]}"]`);
  let isGranted = false;
  return () => {
    isGranted = !isGranted;
    for (const element of elements) element.setAttribute("data-permission-state", isGranted ? "granted" : "denied");
  };
}

async function flippingOne() {
  const both = await bound(ONE[0]);
  const watching = atOnce(new HandWrittenWatching(ONE[0]));
  watching.root = populate();
  watching.bind(watching.root);
  const unbound = await sides(ONE[0]);
  const stir = stirring();
  const contenders = { ...both, watching, unboundOurs: { ...unbound.ours, stir }, unboundPeer: { ...unbound.peer, stir } };
  const samples = await interleave(
    contenders,
    (side) => flips(side, ONE, REPEATS, (token) => side.root && check(side.root, expected(token))),
    ROUNDS,
  );
  release({ ...both, watching });
  return [
    row("flip 100 elements of one permission", without(samples.ours, samples.unboundOurs), without(samples.peer, samples.unboundPeer), {
      ...PEER,
      aim: 1.1,
      note: "without reading the token",
    }),
    row("flip 100 elements of one permission, peer watching", without(samples.ours, samples.unboundOurs), without(samples.watching, samples.unboundPeer), {
      ...PEER,
      note: "the peer also handles elements that are tagged anew, and corrects states that other code writes",
    }),
    row("flip 100 elements of one permission, token read", samples.ours, samples.peer, { ...PEER, note: "from the token's text to the last attribute" }),
  ];
}

async function adding() {
  const both = await bound(ALL[0]);
  const samples = await interleave(both, (side) => addition(side.root, ALL[0]), ROUNDS);
  release(both);
  return row("add 1 000 elements", samples.ours, samples.peer, { ...PEER, aim: 1.1 });
}

/** Signing out is synchronous, and there is nothing to read: the index and the writes alone. */
async function signingOut() {
  const both = await bound(ALL[0]);
  for (const side of Object.values(both)) side.signOut();
  const samples = await interleave(
    both,
    async (side, round) => {
      const token = ALL[Math.abs(round + 1) % 2];
      await side.signIn(token);
      check(side.root, expected(token));
      collectGarbage();
      settle();
      const start = performance.now();
      side.signOut();
      const taken = performance.now() - start;
      check(side.root, () => "unknown");
      return taken;
    },
    ROUNDS,
  );
  release(both);
  return row("sign out, 10 000 elements", samples.ours, samples.peer, PEER);
}

/** This version and another one in turns, on a page without modes: the ratios of the most frequent acts. */
async function besideOld() {
  const { createPermissions } = await import("/old/index.js");
  const both = { ours: await permgate(ALL[0]), peer: await permgate(ALL[0], createPermissions) };
  const binds = await interleave(
    both,
    (side) => {
      const root = populate();
      collectGarbage();
      settle();
      const start = performance.now();
      side.bind(root);
      const taken = performance.now() - start;
      side.disconnect();
      root.remove();
      return taken;
    },
    OLD_ROUNDS,
  );
  for (const side of Object.values(both)) {
    side.root = populate();
    side.bind(side.root);
  }
  const all = await interleave(
    both,
    (side, round) => {
      collectGarbage();
      return timed(() => side.flip(ALL[Math.abs(round + 1) % 2]));
    },
    OLD_ROUNDS,
  );
  // The last flip of all elements was to this token.
  const additions = await interleave(both, (side) => addition(side.root, ALL[1]), OLD_ROUNDS);
  for (const side of Object.values(both)) await side.flip(ONE[0]);
  const one = await interleave(both, (side) => flips(side, ONE, OLD_REPEATS, (token) => check(side.root, expected(token))), OLD_ROUNDS);
  release(both);
  return [
    oldRow("bind 10 000 elements", binds, "ms"),
    oldRow("flip all 10 000 elements", all, "ms"),
    oldRow("flip 100 elements of one permission, token read", one, "ms"),
    oldRow("add 1 000 elements", additions, "ms"),
  ];
}

/** Each returns one or more rows. The peers with React come last, so that its garbage cannot affect the others. */
const measurements = [binding, flippingAll, flippingOne, adding, signingOut, ...besideOthers];

/** Measures everything, and returns the rows. */
export async function domRows() {
  const rows = [];
  const wanted = location.search === "?old" ? [besideOld] : measurements;
  for (const measure of wanted) rows.push(await measure());
  return rows.flat();
}
