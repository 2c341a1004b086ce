/** Compiles the WebAssembly module from an address or value, and checks that it belongs to this JavaScript. */

import { download } from "./download.js";
import { PermgateError } from "./errors.js";

/** The forms in which the module can be passed. */
export type WasmSource = URL | string | Response | WebAssembly.Module | BufferSource;

/** The same, or a promise of it. */
export type WasmOption = WasmSource | PromiseLike<WasmSource>;

declare global {
  /** The name of a custom section of both builds of the module, which differs from version to version. Set by `build.mjs`. */
  const PERMGATE_SECTION: string;
}

/** Values that can be compiled, and addresses of the module. */
const VALUES = ["WebAssembly.Module", "ArrayBuffer"];
const ADDRESSES = ["String", "URL", "Response"];

/** The smallest valid module (WebAssembly Core Specification §5.5.16). */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The name of a type, also in another realm: `instanceof` does not work across frames or in jsdom. */
function kindOf(value: unknown): string {
  return ArrayBuffer.isView(value) ? "ArrayBuffer" : Object.prototype.toString.call(value).slice(8, -1);
}

/**
 * Refuses values that cannot be the module.
 *
 * @throws PermgateError `invalid-option`
 */
export function checkWasm(source: unknown): void {
  const isPromise = typeof (source as PromiseLike<unknown> | undefined)?.then === "function";
  if (isPromise || [...VALUES, ...ADDRESSES].includes(kindOf(source))) return;
  throw new PermgateError(
    "invalid-option",
    "`wasm` must be the address of permgate.wasm, a Response, its bytes, a WebAssembly.Module, or a promise of one of these",
  );
}

/**
 * Throws if no module can be compiled at all: because of the Content-Security-Policy, or because the browser has no
 * WebAssembly.
 */
export function checkWebAssembly(): void {
  new WebAssembly.Module(EMPTY);
}

/**
 * The compiled module. Its bytes decide, not the status or media type of a response.
 *
 * @throws PermgateError `invalid-option` when a value is not a module of this version
 */
export async function compiled(given: WasmOption): Promise<WebAssembly.Module> {
  const source = await given;
  checkWasm(source);
  const kind = kindOf(source);
  if (kind === "Response") return fromResponse(source as Response);
  if (ADDRESSES.includes(kind)) return fromResponse(await download(source as URL | string));
  try {
    return ours(kind === "ArrayBuffer" ? await WebAssembly.compile(source as BufferSource) : source as WebAssembly.Module);
  } catch (cause) {
    const message = "`wasm` is no module of this version of permgate; give it permgate.wasm of the same package";
    throw new PermgateError("invalid-option", message, { cause });
  }
}

async function fromResponse(response: Response): Promise<WebAssembly.Module> {
  const { status, url, headers } = response;
  const type = headers.get("content-type");
  try {
    if (type?.startsWith("application/wasm")) return ours(await WebAssembly.compileStreaming(response));
    const module = ours(await WebAssembly.compile(await response.arrayBuffer()));
    if (type) console.warn(`permgate: serve ${url} as application/wasm, not as ${type}: it would start sooner`);
    return module;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(`${url} answered ${status} ${type}: ${why}`, { cause });
  }
}

/** Whether a module is the whole build, which has a second section. */
export function isWhole(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.customSections(module, `${PERMGATE_SECTION} whole`).length === 1;
}

/** Refuses a module of another version: its functions have other names and arguments. */
export function ours(module: WebAssembly.Module): WebAssembly.Module {
  if (WebAssembly.Module.customSections(module, PERMGATE_SECTION).length === 1) return module;
  throw new Error("it is not the module of this version of permgate");
}
