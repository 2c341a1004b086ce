/** The entry for Node.js, Deno, Bun and test environments: the module is part of the file, so that a server's bundle needs no other one, and is started without waiting. */

import { initSync } from "#glue";
import { entry } from "./create.js";
import { embedded } from "./embedded.js";
import { PermgateError } from "./errors.js";
import { Loader } from "./loader.js";
import { type WasmOption, compiled, isWhole } from "./module.js";
import { type Runtime, runtime } from "./runtime.js";
import { standalone } from "./standalone.js";

export * from "./api.js";

const startNow = () => (initSync(embedded()), runtime);

/** A given module is used if it is available: a page's code that runs in a test may pass an address. */
async function start(given: WasmOption | undefined): Promise<Runtime> {
  try {
    if (given !== undefined) {
      const module = await compiled(given);
      // A page may pass the other build, which is not enough here.
      if (isWhole(module)) return initSync(module), runtime;
    }
  } catch (cause) {
    if (cause instanceof PermgateError) throw cause;
  }
  return startNow();
}

export const { createPermissions, load, decodeUnverified, parseRequirement } = entry(() => standalone, new Loader(start, startNow));
