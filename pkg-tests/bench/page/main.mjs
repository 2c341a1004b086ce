/** Measures, in one page, permgate and the hand-written peer on the same elements. */

/*
 * How it is fair:
 * - Both are measured in turns in each round, on elements of their own, in the same document, under
 *   the same stylesheet (`cloak.css`). Both write the same attribute with the same values, and what
 *   they wrote is checked after each measurement.
 * - Style and layout are done before each measurement and never inside one: both cause the same.
 * - Flips begin with the same text of a token and end when the last attribute is written. The peer
 *   applies it synchronously. permgate asks for the token in a few microtasks; they count as ours.
 *   Reading the token is part of it on both sides. Flipping one permission takes less time than
 *   reading a token, so that row is given a second time without it: each side's time for the same
 *   flip with nothing bound is subtracted.
 * - Additions are measured from the end of `append` to the end of the observers' microtask.
 */

import { createPermissions } from "/permgate/index.js";
import { interleave, median, row } from "/bench/rounds.mjs";
import { HandWritten } from "./handwritten.mjs";
import { ADDED, ALL, ELEMENTS, ONE, check, collectGarbage, expected, populate, rows, settle } from "./population.mjs";

const PEER = { peerName: "hand-written JavaScript", unit: "ms" };
const ROUNDS = { rounds: 41, warmUp: 12 };
/** What takes microseconds is done this often for one sample: the clock has steps of 5 µs. */
const REPEATS = 40;

/** Both sides, made alike. `flip` gives the time at which the last attribute was written. */
async function sides(token) {
  const permissions = await createPermissions({ token });
  const peer = new HandWritten(token);
  let binding;
  return {
    ours: {
      bind: (root) => (binding = permissions.bind(root)),
      disconnect: () => binding.disconnect(),
      flip: (token) =>
        new Promise((resolve) => {
          const stop = permissions.subscribe(() => {
            stop();
            resolve(performance.now());
          });
          permissions.setToken(token);
        }),
      signOut: () => permissions.signOut(),
      signIn: async (token) => {
        permissions.setToken(token);
        while (permissions.status !== "fresh") await null;
      },
    },
    peer: {
      bind: (root) => peer.bind(root),
      disconnect: () => peer.disconnect(),
      flip: (token) => {
        peer.setToken(token);
        return performance.now();
      },
      signOut: () => peer.signOut(),
      signIn: (token) => peer.setToken(token),
    },
  };
}

async function timed(act) {
  settle();
  const start = performance.now();
  const end = await act();
  return (end ?? performance.now()) - start;
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

/** Each side with a root of its own, bound for good. */
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

async function flippingOne() {
  const both = await bound(ONE[0]);
  const unbound = await sides(ONE[0]);
  const contenders = { ...both, unboundOurs: unbound.ours, unboundPeer: unbound.peer };
  const samples = await interleave(
    contenders,
    async (side) => {
      collectGarbage();
      let taken = 0;
      for (let flip = 1; flip <= REPEATS; flip += 1) {
        const token = ONE[flip % 2];
        taken += await timed(() => side.flip(token));
      }
      if (side.root) check(side.root, expected(ONE[REPEATS % 2]));
      return taken / REPEATS;
    },
    ROUNDS,
  );
  release(both);
  const without = (list, unbound) => list.map((value) => value - median(unbound));
  return [
    row("flip 100 elements of one permission", without(samples.ours, samples.unboundOurs), without(samples.peer, samples.unboundPeer), {
      ...PEER,
      aim: 1.1,
      note: "without reading the token",
    }),
    row("flip 100 elements of one permission, token read", samples.ours, samples.peer, { ...PEER, note: "from the token's text to the last attribute" }),
  ];
}

async function adding() {
  const both = await bound(ALL[0]);
  const samples = await interleave(
    both,
    async (side) => {
      const more = rows(ADDED);
      const added = document.createElement("section");
      side.root.append(added);
      await null;
      collectGarbage();
      settle();
      added.append(more);
      const start = performance.now();
      // Runs after the observers: their microtask was queued by `append`.
      await null;
      const taken = performance.now() - start;
      if (check(added, expected(ALL[0])) !== ADDED) throw new Error("elements are missing");
      added.remove();
      await null;
      return taken;
    },
    ROUNDS,
  );
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

/** Each gives a row or several. */
export const measurements = { binding, flippingAll, flippingOne, adding, signingOut };

/** Measures everything, and gives the rows. */
export async function domRows() {
  const rows = [];
  for (const measure of Object.values(measurements)) rows.push(await measure());
  return rows.flat();
}
