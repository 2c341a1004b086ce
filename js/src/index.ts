/** The entry for browsers and bundlers: finds `permgate.wasm` beside itself, or else imports a copy of it. */

import { init } from "#glue";
import { type Entry, entry } from "./create.js";
import { PermgateError } from "./errors.js";
import { Loader } from "./loader.js";
import { type WasmOption, checkWebAssembly, compiled, ours } from "./module.js";

export * from "./api.js";

const functions = entry(
  new Loader(async (given) => {
    checkWebAssembly();
    await init(await found(given));
  }),
);

/** The module from the given or the default address; a copy in JavaScript if another file is found there. */
async function found(given: WasmOption | undefined): Promise<WebAssembly.Module> {
  try {
    // Bundlers look for exactly this expression. If they remove the address, it throws.
    return await compiled(given ?? new URL("./permgate.wasm", import.meta.url));
  } catch (cause) {
    if (cause instanceof PermgateError) throw cause;
    try {
      const { default: inlined } = await import("./inline.js");
      return ours(await WebAssembly.compile(await inlined(cause)));
    } catch {
      throw cause;
    }
  }
}

/**
 * Makes an instance. Resolves when the module runs and a bootstrap or token has been read; it does not wait for the
 * endpoint (`whenReady` does).
 *
 * @throws PermgateError `invalid-option`, `initialisation`
 */
// An inferred type would have `string` in place of the registered names.
export const createPermissions: Entry["createPermissions"] = functions.createPermissions;

/**
 * Starts the WebAssembly module, for the two functions below, from an address or value as in the option `wasm`.
 * `createPermissions` does this by itself; in Node.js it is not needed.
 *
 * @throws PermgateError `initialisation`, `invalid-option`
 */
export const load = functions.load;

/**
 * Reads a token without verifying it: its sender may have written anything.
 *
 * @throws PermgateError `malformed-token`, `initialisation`
 */
export const decodeUnverified = functions.decodeUnverified;

/**
 * Parses a requirement into its tree, for tools.
 *
 * @throws PermgateError `malformed-requirement`, with the `position`; `initialisation`
 */
export const parseRequirement = functions.parseRequirement;
