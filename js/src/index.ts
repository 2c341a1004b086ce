/** The entry for browsers and bundlers: finds `permgate.wasm` beside itself. */

import init from "#glue";
import { create } from "./create.js";
import type { Permissions } from "./permissions.js";
import type { PermissionsOptions } from "./types.js";

export * from "./api.js";

let module: Promise<unknown> | undefined;

/**
 * Makes an instance. Resolves when the module runs and a bootstrap or token has been read; it does
 * not wait for the endpoint (`whenReady` does).
 *
 * @throws PermgateError `invalid-option`, `initialisation`
 */
export function createPermissions<Name extends string = string>(
  options: PermissionsOptions,
): Promise<Permissions<Name>> {
  return create<Name>(options, () => {
    // Code, not state: instances share nothing but the compiled module.
    module ??= init({ module_or_path: new URL("./permgate.wasm", import.meta.url) });
    // A failed download may succeed the next time.
    module.catch(() => {
      module = undefined;
    });
    return module;
  });
}
