/** The module inside JavaScript, compressed: imported, and so downloaded, only if `permgate.wasm` is not found. */

import text from "#module";
import { bytesOf } from "./base64.js";

/** The bytes of the module. Warns during development, since the separate file is smaller and starts sooner. */
export default async function inlined(cause: unknown): Promise<BufferSource> {
  if (isDevelopment()) {
    console.warn(
      `permgate: permgate.wasm was not found (${cause instanceof Error ? cause.message : cause}). ` +
        "The copy inside of JavaScript is used instead, which is larger and starts later. " +
        'With Vite, set optimizeDeps.exclude to ["permgate"], with Angular prebundle.exclude; with other tools, serve node_modules/permgate/dist/permgate.wasm ' +
        "and give its address as the option `wasm`. docs/guide/bundlers.md says more.",
    );
  }
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  // Errors surface when the other end is read.
  writer.write(bytesOf(text)).catch(() => undefined);
  writer.close().catch(() => undefined);
  return new Response(readable).arrayBuffer();
}

/** Bundlers replace the variable by a constant; without a bundler, the name of the host decides. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production";
  } catch {
    return /^(localhost|127\.[\d.]+|\[::1\])$|\.localhost$/.test(globalThis.location?.hostname ?? "");
  }
}
