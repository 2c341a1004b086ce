/** Finds the stacks: each is a folder with a `stack.mjs`. */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of all stacks. */
export const STACKS = dirname(fileURLToPath(import.meta.url));

/** All stacks, each with the name of its folder, in the order of the table. */
export async function allStacks() {
  const names = readdirSync(STACKS).filter((name) => existsSync(join(STACKS, name, "stack.mjs")));
  const stacks = await Promise.all(names.map(async (name) => ({ name, ...(await import(`./${name}/stack.mjs`)).default })));
  return stacks.sort((one, other) => one.order - other.order);
}
