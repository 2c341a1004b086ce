/** What all entries have in common: makes an instance once the module is there. */

import { Engine } from "#glue";
import { patiently } from "./chunks.js";
import type { Loader } from "./loader.js";
import { begun } from "./early.js";
import type { WasmOption } from "./module.js";
import { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import { type Standalone, standalone } from "./standalone.js";
import type { PermissionsOptions } from "./types.js";

/** What an entry exports. */
export interface Entry extends Standalone {
  createPermissions<Name extends string = RegisteredName>(
    options: PermissionsOptions,
  ): Promise<Permissions<Name>>;
  load(wasm?: WasmOption): Promise<void>;
}

/** The functions of an entry, on a module that is started in its way. */
export function entry(loader: Loader): Entry {
  return {
    async createPermissions<Name extends string>(options: PermissionsOptions) {
      const loading = begun(options);
      await loader.load(options?.wasm);
      await patiently(loading);
      const permissions = new Permissions<Name>(options, Engine);
      return permissions.tokenIsRead(options?.endpoint !== undefined);
    },
    load: (wasm) => loader.load(wasm),
    ...standalone(loader),
  };
}
