/** Replaces `embedded.ts` at the edge, where bytes may not be compiled: the platform has compiled the module. */

import module from "#compiled";

/** The module to start. */
export function embedded(): WebAssembly.Module {
  return module;
}
