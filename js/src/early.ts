/** The chunks that an instance needs from its beginning: they are loaded in parallel with the module. */

import { patching, refusal } from "./chunks.js";
import { select } from "./select.js";
import type { PermissionsOptions } from "./types.js";

/** The elements that cannot be shown before the chunk of the modes is there. */
const MODES = "[data-permission-mode]:not([data-permission-mode=hide])";

/** Begins to load the chunks that the options and the document need. The code that needs a chunk reports its failure. */
export function begun(options: PermissionsOptions | undefined): readonly Promise<unknown>[] {
  const needsModes = typeof document === "object" && (options?.modes || select(MODES).length > 0);
  return [needsModes && refusal, options?.guard?.patch?.length && patching].flatMap((chunk) =>
    chunk && !chunk.now ? [chunk.load(() => undefined)] : [],
  );
}
