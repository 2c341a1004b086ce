/** The contenders behind a common interface, and the measurement of one change. */

import { createPermissions } from "/permgate/index.js";
import { ADDED, check, collectGarbage, evenly, expected, rows, settle } from "./population.mjs";

/** permgate, or another version of it. `flip` resolves to the time at which the last attribute was written. */
export async function permgate(token, create = createPermissions) {
  const permissions = await create({ token });
  let binding;
  return {
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
  };
}

/** A peer that takes tokens, too, and works synchronously. */
export function atOnce(peer) {
  return {
    bind: (root) => peer.bind(root),
    disconnect: () => peer.disconnect(),
    flip: (token) => {
      peer.setToken(token);
      return performance.now();
    },
    signOut: () => peer.signOut(),
    signIn: (token) => peer.setToken(token),
  };
}

/** The duration of `act`, which may return the time at which it was done. */
export async function timed(act) {
  settle();
  const start = performance.now();
  const end = await act();
  return (end ?? performance.now()) - start;
}

/** From this number of flips on, the slowest are left out, because the machine did other work during them. */
const COUNTED = 0.8;

/**
 * How long a flip between two tokens takes, on the average of `repeats`, an even number; the first is
 * held before and after. `look` is called with each token while it is held, after the measurement.
 */
export async function flips(side, tokens, repeats, look) {
  collectGarbage();
  const taken = [];
  for (let flip = 1; flip <= repeats; flip += 1) {
    side.stir?.();
    taken.push(await timed(() => side.flip(tokens[flip % 2])));
  }
  // One more flip each way: a check of the final state alone would accept flips that do nothing.
  for (const token of [tokens[1], tokens[0]]) {
    await side.flip(token);
    look(token);
  }
  const counted = taken.sort((a, b) => a - b).slice(0, Math.ceil(repeats * COUNTED));
  return counted.reduce((sum, one) => sum + one, 0) / counted.length;
}

/** Waits until a frame is over. */
function frame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(port1.close());
      port2.postMessage(null);
    });
  });
}

/** The time in which a thousand elements more are bound under a bound root; they are removed again. */
export async function addition(root, token) {
  const more = rows(evenly(ADDED));
  const added = document.createElement("section");
  root.append(added);
  // permgate handles the first change of a frame at once, and later ones in the next frame.
  await frame();
  collectGarbage();
  settle();
  added.append(more);
  const start = performance.now();
  // Runs after the observers: their microtask was queued by `append`.
  await null;
  const taken = performance.now() - start;
  if (check(added, expected(token)) !== ADDED) throw new Error("elements are missing");
  added.remove();
  await frame();
  return taken;
}
