/** The desk by htmx 4, which morphs by itself. */

import htmx from "htmx-4";
import { mountBy } from "./htmx-mount.mjs";

export const mount = mountBy(htmx);
