/** The entry for browsers and bundlers: finds `permgate.wasm` beside itself. */

import init from "#glue";
import { entry } from "./create.js";
import { Loader } from "./loader.js";

export * from "./api.js";

const functions = entry(
  new Loader(() => init({ module_or_path: new URL("./permgate.wasm", import.meta.url) })),
);

/**
 * Makes an instance. Resolves when the module runs and a bootstrap or token has been read; it does
 * not wait for the endpoint (`whenReady` does).
 *
 * @throws PermgateError `invalid-option`, `initialisation`
 */
export const createPermissions = functions.createPermissions;

/**
 * Starts the WebAssembly module, for the two functions below. `createPermissions` does so, too; in
 * Node.js it is not needed.
 *
 * @throws PermgateError `initialisation`
 */
export const load = functions.load;

/**
 * Reads a token without verifying it: whoever sent it may have written anything.
 *
 * @throws PermgateError `malformed-token`, `initialisation`
 */
export const decodeUnverified = functions.decodeUnverified;

/**
 * Reads a requirement into its tree, for tools.
 *
 * @throws PermgateError `malformed-requirement`, with the `position`; `initialisation`
 */
export const parseRequirement = functions.parseRequirement;
