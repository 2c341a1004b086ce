/** What happened, in order: what the controls did, what permgate noticed and how, what changed. */

/** What kind of thing happened: who did it, and how it looks in the list. */
export type Kind = "control" | "stream" | "message" | "tab" | "load" | "status" | "gained" | "lost" | "error";

/** Something that happened. */
export interface Entry {
  /** By the page's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly kind: Kind;
  /** A sentence; `names in backticks` are set as code. */
  readonly text: string;
}

/** How many are kept. */
const MOST = 100;

const entries: Entry[] = [];
const listeners = new Set<(entry: Entry) => void>();

/** Writes something down. */
export function record(kind: Kind, text: string): void {
  const entry = { at: Date.now(), kind, text };
  entries.unshift(entry);
  entries.length = Math.min(entries.length, MOST);
  for (const tell of listeners) tell(entry);
}

/** What is written down, the newest first. */
export function recorded(): readonly Entry[] {
  return entries;
}

/** Forgets all of it. */
export function forgetAll(): void {
  entries.length = 0;
}

/** Calls with everything that is written down from now on. */
export function onRecord(tell: (entry: Entry) => void): void {
  listeners.add(tell);
}

/** The most that is kept, for whoever shows it. */
export const CAPACITY = MOST;
