/** Compares the types of the binder with those that `src/glue.d.ts` declares for it, and shows that they are checked. */
/// <reference path="../../src/glue.d.ts" />

import type * as chunk from "#refusal";
import type { PageHands } from "#glue";
import { stronger } from "../../../src/dom/events.js";
import { localNameOf } from "../../../src/dom/page.js";
import type { Nodes } from "../../../src/dom/nodes.js";
import type { Chunk, Page, Refusal } from "../../../src/dom/types.d.ts";

/** True where the given type is one that is wanted. */
type Is<Given, Wanted> = [Given] extends [Wanted] ? true : { given: Given; wanted: Wanted };

// The object that TypeScript passes for a binding has the type that the binder declares. The types of the
// chunk are known to the binder alone.
type Lent = Omit<PageHands, "refusal">;
type Taken = Omit<ConstructorParameters<typeof Nodes>[1], "refusal">;
export const page: [Is<Lent, Taken>, Is<keyof PageHands, keyof Page>, Is<keyof Page, keyof PageHands>] = [true, true, true];
type Names = keyof PageHands["refusal"];
export const loading: [Is<Names, keyof Chunk>, Is<keyof Chunk, Names>] = [true, true];
export const exported: [Is<keyof Refusal, keyof typeof chunk>, Is<keyof typeof chunk, keyof Refusal>] = [true, true];

// @ts-expect-error A mode is a text: if this is no error, the parameters have lost their types.
stronger(1, undefined);
// @ts-expect-error A text node has no local name: if this is no error, the getters have lost their `this`.
localNameOf.call(document.createTextNode(""));
