/** The data that a server-rendered page carries to the browser: a document, and the answers from it. */

import type { Language } from "./types.js";

/** The answer to a question. */
export type Outcome = "granted" | "denied" | "unknown";

/** The resource of a question: `true` asks about at least one resource, and undefined asks in general. */
export type Where = string | true | undefined;

/**
 * Plain JSON, made by `dehydrate` of `permgate/server`. It belongs to one user: send such pages with `Cache-Control:
 * private, no-store`.
 */
export interface Dehydrated {
  /** The version of this format. */
  readonly v: 1;
  /** The permission document; null when nobody is signed in. */
  readonly document: object | null;
  /** How the document is read, if that was given. */
  readonly language: Language & { readonly reading?: string };
  /** The outcomes by question: a requirement, or a requirement and a resource with a line feed between them. In place of a resource, another line feed asks about at least one resource. */
  readonly decisions: Readonly<Record<string, Outcome>>;
  /** When the document was evaluated, in milliseconds since 1970. */
  readonly asOf: number;
  readonly subject: string | null;
  readonly tenant: string | null;
}

/** Answers in place of an instance while a server renders. */
export interface Restored {
  outcome(requirement: string, where: Where): Outcome;
  /** The decisions that were made since the last call, as JSON for a script element; empty when there are none. */
  unsent(): string;
}

/** The global key under which adapters find `permgate/server`, which they do not import. */
export const ON_SERVER = Symbol.for("permgate.server.1");

/** The function under that key. */
export type OnServer = (dehydrated: Dehydrated) => Restored;

/** A question as it is written in `decisions`. */
export function questionOf(requirement: string, where: Where): string {
  return where === undefined ? requirement : `${requirement}\n${where === true ? "\n" : where}`;
}
