/** The desk by htmx 2, with the extension `morph` of idiomorph. */

import htmx from "htmx.org";
import { mountBy } from "./htmx-mount.mjs";

// The extension reads idiomorph from `window`.
globalThis.htmx = htmx;
await import("idiomorph/htmx");
document.querySelector("main").setAttribute("hx-ext", "morph");

export const mount = mountBy(htmx);
