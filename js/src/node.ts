/** The entry for Node.js: reads `permgate.wasm` from the package's folder. */

import { initSync } from "#glue";
import { readFile } from "node:fs/promises";
import { create } from "./create.js";
import type { Permissions } from "./permissions.js";
import type { PermissionsOptions } from "./types.js";

export * from "./api.js";

let module: Promise<unknown> | undefined;

/**
 * Makes an instance. Resolves when the module runs and a bootstrap or token has been read.
 *
 * @throws PermgateError `invalid-option`, `initialisation`
 */
export function createPermissions<Name extends string = string>(
  options: PermissionsOptions,
): Promise<Permissions<Name>> {
  return create<Name>(options, () => {
    module ??= readFile(new URL("./permgate.wasm", import.meta.url)).then((bytes) =>
      initSync({ module: bytes }),
    );
    return module;
  });
}
