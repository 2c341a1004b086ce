/** The module where it is part of the file: its bytes, which are compiled without waiting. */

import text from "#module";
import { bytesOf } from "./base64.js";

/** What the module is started from. */
export function embedded(): WebAssembly.Module | BufferSource {
  return bytesOf(text);
}
