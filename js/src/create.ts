/** What all entries have in common: makes an instance once the module is there. */

import { Engine } from "#glue";
import { PermgateError } from "./errors.js";
import { Permissions } from "./permissions.js";
import type { PermissionsOptions } from "./types.js";

/** Makes an instance once `ready` says that the module runs. */
export async function create<Name extends string>(
  options: PermissionsOptions,
  ready: () => Promise<unknown>,
): Promise<Permissions<Name>> {
  try {
    await ready();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PermgateError(
      "initialisation",
      `the WebAssembly module could not be started (${message}); is permgate.wasm served as application/wasm, and does the Content-Security-Policy allow 'wasm-unsafe-eval'?`,
      { cause },
    );
  }
  const permissions = new Permissions<Name>(options, Engine);
  return permissions.tokenIsRead(options?.endpoint !== undefined);
}
