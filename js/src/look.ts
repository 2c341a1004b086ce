/** The interface between the script of a first look and the program. */

import type { Question } from "./came.js";

/** The global key of the page's first look; false when the program was faster, or has taken it. */
export const FIRST_LOOK = Symbol.for("permgate.first-look");

export interface Page {
  [FIRST_LOOK]?: FirstLook | false;
}

/** The request of a script in the page's head, and the elements that it shows before the program is there. */
export interface FirstLook {
  /** The whole address of the request. */
  readonly address: string;
  readonly credentials: RequestCredentials;
  /** When the request was sent, by both clocks. */
  readonly began: readonly [wall: number, monotonic: number];
  readonly reply: Question;
  /** Aborts the request. */
  readonly controller: AbortController;
  /** Messages of other tabs. */
  readonly heard: string[];
  /** Whether an instance has taken the request. */
  readonly isTaken: boolean;
  /** The channel to the other tabs, once; messages are no longer collected from here on. */
  channel(): BroadcastChannel | undefined;
  /** The document is believed for no longer than this, in milliseconds. */
  within(ttlMs: number): void;
  /** It requests and shows nothing more; shown elements stay shown. */
  take(): void;
  /** Hides elements again whose requirement is not kept. */
  keep(isKept: (requirement: string) => boolean): void;
  /** Hides elements again that are not below a root; a binding takes over the others. */
  leave(root: Node): void;
  /** Hides all elements again, and aborts the request. */
  end(): void;
}
