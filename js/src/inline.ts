/** The module inside of JavaScript, compressed: imported only where `permgate.wasm` is not found at
 * its address. A file of its own, so that nobody else downloads it.
 */

import text from "#module";
import { bytesOf } from "./base64.js";

/** The bytes of the module. Warns during development, since the file itself is smaller and starts sooner. */
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
  // What goes wrong with it, reading tells.
  writer.write(bytesOf(text)).catch(() => undefined);
  writer.close().catch(() => undefined);
  return new Response(readable).arrayBuffer();
}

/** Bundlers put a constant in the place of the variable; without a bundler, the host's name tells. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production";
  } catch {
    return /^(localhost|127\.[\d.]+|\[::1\])$|\.localhost$/.test(globalThis.location?.hostname ?? "");
  }
}
