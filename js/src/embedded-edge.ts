/** In the place of `embedded.ts` at the edge, where bytes may not be compiled: the platform has compiled the module. */

import module from "#compiled";

/** What the module is started from. */
export function embedded(): WebAssembly.Module {
  return module;
}
