/** The entry for browsers and bundlers: finds `permgate.wasm` beside itself, or else imports a copy of it. */

import { init } from "#glue";
import { Late } from "./chunks.js";
import { type Entry, entry } from "./create.js";
import { PermgateError } from "./errors.js";
import { Loader } from "./loader.js";
import { type WasmOption, checkWebAssembly, compiled, isWhole, ours } from "./module.js";
import { Runtime, runtime } from "./runtime.js";

export * from "./api.js";

// Bundlers look for exactly these expressions. If they remove the address, it throws.
const DEFAULT = () => new URL("./permgate.wasm", import.meta.url);
const WHOLE = () => new URL("./whole-permgate.wasm", import.meta.url);

type Whole = typeof import("./whole.js");

/** The functions that call the whole build. Bundlers look for exactly this expression, too. */
const calling = new Late(() => import("./whole.js"));

/** Starts the whole build; its chunk is downloaded at the same time. */
const whole = new Loader(async (given) => {
  checkWebAssembly();
  // The page may have passed the other build.
  const module = found(given ?? WHOLE).then((module) => (isWhole(module) ? module : found(WHOLE)));
  const [{ init, standalone: _, ...glue }, started] = await Promise.all([calling.get(), module]);
  await init(started);
  return new Runtime(glue);
});

const functions = entry(
  // With the whole build, its chunk is there.
  () => (calling.now as Whole).standalone,
  new Loader(async (given) => {
    checkWebAssembly();
    const module = await found(given ?? DEFAULT);
    if (isWhole(module)) return whole.load(module);
    await init(module);
    return runtime;
  }),
  whole,
);

/** The module from the given or the default address; a copy in JavaScript if another file is found there. */
async function found(given: WasmOption | (() => URL)): Promise<WebAssembly.Module> {
  try {
    return await compiled(typeof given === "function" ? given() : given);
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
 * Starts the WebAssembly module: the build with everything, which the two functions below need, unless an address or
 * value is given, as in the option `wasm`. `createPermissions` starts what it needs by itself; in Node.js this is not
 * needed.
 *
 * @throws PermgateError `initialisation`, `invalid-option`
 */
export const load = functions.load;

/**
 * Reads a token without verifying it: its sender may have written anything. In browsers, `await load()` first.
 *
 * @throws PermgateError `malformed-token`, `initialisation`
 */
export const decodeUnverified = functions.decodeUnverified;

/**
 * Parses a requirement into its tree, for tools. In browsers, `await load()` first.
 *
 * @throws PermgateError `malformed-requirement`, with the `position`; `initialisation`
 */
export const parseRequirement = functions.parseRequirement;
