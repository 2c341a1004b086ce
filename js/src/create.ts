/** The code that all entries share: makes an instance once the module is there. */

import { Engine } from "#glue";
import { unlessAborted } from "./aborted.js";
import { patiently } from "./chunks.js";
import { Instance } from "./instance.js";
import type { Loader } from "./loader.js";
import { begun } from "./early.js";
import { EarlyRequest } from "./early-request.js";
import type { WasmOption } from "./module.js";
import { engineOptions } from "./options.js";
import { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import { type Standalone, standalone } from "./standalone.js";
import type { PermissionsOptions } from "./types.js";

/** The functions that an entry exports. */
export interface Entry extends Standalone {
  createPermissions<Name extends string = RegisteredName>(
    options: PermissionsOptions,
  ): Promise<Permissions<Name>>;
  load(wasm?: WasmOption): Promise<void>;
}

/** The functions of an entry, with the loader that starts its module. */
export function entry(loader: Loader): Entry {
  return {
    async createPermissions<Name extends string>(options: PermissionsOptions) {
      const settings = engineOptions(options);
      const early = EarlyRequest.begin(options, settings.credentials);
      try {
        const loading = begun(options);
        await unlessAborted(loader.load(options.wasm), options.signal);
        await patiently(loading);
        const permissions = new Permissions<Name>(new Instance(options, Engine, settings, early));
        return permissions.tokenIsRead(options.endpoint !== undefined);
      } finally {
        early?.end();
      }
    },
    load: (wasm) => loader.load(wasm),
    ...standalone(loader),
  };
}
