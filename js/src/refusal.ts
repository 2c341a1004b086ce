/** The chunk `refusal.js`: modes, dialogs, the actions of users on refused elements. During development, it loads the chunk `misspelt.js`. Loaded by `chunks.ts`. */

import { equipment as equip } from "#refusal";

export { ATTRIBUTES } from "#refusal";

/** The hosts of development servers. */
const HOSTS = /^(localhost$|127\.)/;

/** The objects that one binding needs of this code. */
export const equipment = (...binding: unknown[]): unknown => {
  const made = (equip as (...binding: unknown[]) => { readonly modes: { stop(): void } })(...binding);
  if (HOSTS.test(globalThis.location?.hostname)) {
    const { modes } = made;
    const { stop } = modes;
    // Without the chunk, there are no warnings.
    const end = import("./misspelt.js").then(({ lookForMisspelt }) => lookForMisspelt(), () => () => {});
    modes.stop = () => {
      stop.call(modes);
      void end.then((stopLooking) => stopLooking());
    };
  }
  return made;
};
