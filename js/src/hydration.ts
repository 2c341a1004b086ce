/** Answers before the instance is there: on a server by the engine, in the browser as the server answered. */

import { type Dehydrated, ON_SERVER, type OnServer, type Outcome, type Restored, type Where, questionOf } from "./dehydrated.js";
import { select } from "./select.js";

/** The longest time for which a document is believed, in milliseconds: the module's defaults, fresh and stale. */
const BELIEVED_MS = 360_000;
const STALE_MS = 60_000;

/** How far the clocks of a server and a device may differ, in milliseconds. */
const SKEW_MS = 300_000;

/** Answers from the data that a page carries. */
export class Hydration {
  readonly #given: Dehydrated;
  readonly #restored: Restored | undefined;
  readonly #decisions = new Map<string, Outcome>();
  readonly #read = new WeakSet<Element>();
  readonly #until: number;

  constructor(given: Dehydrated) {
    this.#given = given;
    const { ttl } = (given.document ?? {}) as { ttl?: unknown };
    this.#until = given.asOf + SKEW_MS + (typeof ttl === "number" ? Math.min(BELIEVED_MS, ttl * 1000 + STALE_MS) : BELIEVED_MS);
    const onServer = (globalThis as { [ON_SERVER]?: OnServer })[ON_SERVER];
    if (typeof document === "undefined") this.#restored = onServer?.(given);
    this.#take(given.decisions);
  }

  /** Whether nobody is signed in. */
  get isNobody(): boolean {
    return this.#given.document === null;
  }

  /** The user for whom the page was rendered, if the document names the user. */
  get subject(): string | undefined {
    return this.#given.subject ?? undefined;
  }

  /** The document, as long as it is believed. */
  get document(): object | undefined {
    const now = Date.now();
    return now < this.#until && now > this.#given.asOf - SKEW_MS ? (this.#given.document ?? undefined) : undefined;
  }

  /** The server's answer; `unknown` if it was not asked. */
  outcome(requirement: string, where: Where): Outcome {
    if (this.#restored) return this.#restored.outcome(requirement, where);
    const question = questionOf(requirement, where);
    return this.#decisions.get(question) ?? (this.#readPage(), this.#decisions.get(question) ?? "unknown");
  }

  /** The decisions since the last call, for a page that is streamed. */
  unsent(): string | undefined {
    return this.#restored?.unsent();
  }

  /** Streamed parts of a page bring their own answers. */
  #readPage(): void {
    for (const script of select("script[data-permgate]")) {
      if (this.#read.has(script)) continue;
      this.#read.add(script);
      this.#take(JSON.parse(script.textContent) as Dehydrated["decisions"]);
    }
  }

  #take(decisions: Dehydrated["decisions"]): void {
    for (const [question, outcome] of Object.entries(decisions)) this.#decisions.set(question, outcome);
  }
}

/** The document that a page carries, for the option `bootstrap`; undefined when nobody is signed in, or the page is too old. */
export function bootstrapOf(dehydrated: Dehydrated | null | undefined): object | undefined {
  return dehydrated ? new Hydration(dehydrated).document : undefined;
}
