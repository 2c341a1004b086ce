/** What a page that a server rendered carries to the browser: a document, and what was answered from it. */

import type { Language } from "./types.js";

/** What was answered to a question. */
export type Outcome = "granted" | "denied" | "unknown";

/** Plain JSON, made by `dehydrate` of `permgate/server`. It is one user's: answer such pages with `Cache-Control: private, no-store`. */
export interface Dehydrated {
  /** The version of this format. */
  readonly v: 1;
  /** The permission document; null when nobody is signed in. */
  readonly document: object | null;
  /** How the document is read, where that was said. */
  readonly language: Language & { readonly reading?: string };
  /** The outcome by the question: a requirement, or a requirement and a resource with a line feed between them. */
  readonly decisions: Readonly<Record<string, Outcome>>;
  /** When the document was evaluated, in milliseconds since 1970. */
  readonly asOf: number;
  readonly subject: string | null;
  readonly tenant: string | null;
}

/** What a server answers in the place of an instance, while it renders. */
export interface Restored {
  outcome(requirement: string, resource: string | undefined): Outcome;
  /** The decisions that were made since the last call, as JSON for a script element; empty when there are none. */
  unsent(): string;
}

/** Where `permgate/server` can be found by adapters, which do not import it. */
export const ON_SERVER = Symbol.for("permgate.server.1");

/** What is found there. */
export type OnServer = (dehydrated: Dehydrated) => Restored;

/** The question as it is written in `decisions`. */
export function questionOf(requirement: string, resource: string | undefined): string {
  return resource === undefined ? requirement : `${requirement}\n${resource}`;
}
