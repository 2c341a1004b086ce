/** Replaces `chunks.ts` in builds that are one file: nothing is loaded later. */

import * as channel from "./channel.js";
import * as patch from "./patch.js";
import * as now from "#refusal";
import type { Chunk } from "./chunks.js";

function here<Part extends object>(part: Part): Chunk<Part> {
  return { now: part, load: () => Promise.resolve(part) };
}

export const refusal = here(now);
export const patching = here(patch);
export const pushing = here(channel);
export const patiently = () => Promise.resolve();
export const missing = () => "";
