/** The code that all entries share: makes an instance once the module is there. */

import { unlessAborted } from "./aborted.js";
import { needsWhole } from "./builds.js";
import { patiently } from "./chunks.js";
import { PermgateError } from "./errors.js";
import { Instance } from "./instance.js";
import type { Loader } from "./loader.js";
import { begun } from "./early.js";
import { EarlyRequest } from "./early-request.js";
import type { WasmOption } from "./module.js";
import { engineOptions } from "./options.js";
import { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Runtime } from "./runtime.js";
import type { Refuse, Standalone, standalone } from "./standalone.js";
import type { PermissionsOptions } from "./types.js";

/** The functions that an entry exports. */
export interface Entry extends Standalone {
  createPermissions<Name extends string = RegisteredName>(
    options: PermissionsOptions,
  ): Promise<Permissions<Name>>;
  load(wasm?: WasmOption): Promise<void>;
}

const refuse: Refuse = (code, message, details) => new PermgateError(code, message, details);

/**
 * The functions of an entry, with the loader that starts its module. If there are two builds of the module, `whole`
 * starts the one with all parts. `toolsOf` makes the tools; it is asked for them when the whole build is running.
 */
export function entry(toolsOf: () => typeof standalone, loader: Loader, whole = loader): Entry {
  const tools = (): Standalone => {
    const runtime = whole.require();
    return toolsOf()(runtime, refuse);
  };
  /** The runtime for an instance. If only the whole build runs or is being started, it is used for all instances: one download. */
  const started = async (options: PermissionsOptions): Promise<Runtime> => {
    if (needsWhole(options)) return whole.load(options.wasm);
    if (whole.isStarted && !loader.isStarted) {
      try {
        return await whole.load(options.wasm);
      } catch {
        // Its chunk or its file is missing; the other build may be there.
      }
    }
    return loader.load(options.wasm);
  };
  return {
    async createPermissions<Name extends string>(options: PermissionsOptions) {
      const settings = engineOptions(options);
      const early = EarlyRequest.begin(options, settings.credentials);
      try {
        const loading = begun(options);
        const runtime = await unlessAborted(started(options), options.signal);
        await patiently(loading);
        const permissions = new Permissions<Name>(new Instance(options, runtime, settings, early));
        return permissions.tokenIsRead(options.endpoint !== undefined);
      } finally {
        early?.end();
      }
    },
    load: async (wasm) => void (await (wasm === undefined ? whole : loader).load(wasm)),
    decodeUnverified: (token) => tools().decodeUnverified(token),
    parseRequirement: (text, language) => tools().parseRequirement(text, language),
  };
}
