/** The module as part of the file: its bytes, which are compiled synchronously. */

import text from "#module";
import { bytesOf } from "./base64.js";

/** The module to start. */
export function embedded(): WebAssembly.Module | BufferSource {
  return bytesOf(text);
}
