/** The first look, as the script of the page's tag and the program know it of each other. */

import type { Question } from "./came.js";

/** Where the page keeps its first look; false when the program was sooner, or has taken it. */
export const FIRST_LOOK = Symbol.for("permgate.first-look");

export interface Page {
  [FIRST_LOOK]?: FirstLook | false;
}

/** What a script in the page's head has asked, and shown, before the program is there. */
export interface FirstLook {
  /** The whole address that it asks. */
  readonly address: string;
  readonly credentials: RequestCredentials;
  /** When it was asked, by both clocks. */
  readonly began: readonly [wall: number, monotonic: number];
  readonly reply: Question;
  /** Ends the request. */
  readonly controller: AbortController;
  /** What other tabs said. */
  readonly heard: string[];
  /** Whether an instance has taken the request. */
  readonly isTaken: boolean;
  /** The channel to the other tabs, once; what comes by it from here on is not kept. */
  channel(): BroadcastChannel | undefined;
  /** The document is believed for no longer than this, in milliseconds. */
  within(ttlMs: number): void;
  /** It asks and shows nothing more; what is shown stays so. */
  take(): void;
  /** Hides elements again whose requirement is not kept. */
  keep(isKept: (requirement: string) => boolean): void;
  /** Hides elements again that are not below a root: the others are bound from here on. */
  leave(root: Node): void;
  /** Hides all elements again, and ends the request. */
  end(): void;
}
