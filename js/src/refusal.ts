/** The chunk `refusal.js`: modes, dialogs, the actions of users on refused elements, and, during development, warnings of misspelt names. Loaded by `chunks.ts`. */

import { equipment as equip } from "#refusal";
import { lookForMisspelt } from "./misspelt.js";

export { ATTRIBUTES } from "#refusal";

/** The objects that one binding needs of this code. */
export const equipment = (...binding: unknown[]): unknown => {
  lookForMisspelt();
  return (equip as (...binding: unknown[]) => unknown)(...binding);
};
