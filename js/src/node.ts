/** The entry for Node.js: reads `permgate.wasm` from the package's folder. */

import { initSync } from "#glue";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { entry } from "./create.js";
import { Loader } from "./loader.js";

export * from "./api.js";

const module = new URL("./permgate.wasm", import.meta.url);

export const { createPermissions, load, decodeUnverified, parseRequirement } = entry(
  new Loader(
    async () => initSync({ module: await readFile(module) }),
    () => initSync({ module: readFileSync(module) }),
  ),
);
