/** The events in order: actions of the controls, notices of permgate, changes. */

/** The kind of an event: its origin, and its look in the list. */
export type Kind = "control" | "stream" | "message" | "tab" | "load" | "status" | "gained" | "lost" | "error";

/** An event. */
export interface Entry {
  /** By the page's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly kind: Kind;
  /** A sentence; `names in backticks` are set as code. */
  readonly text: string;
}

/** The number of events that are kept. */
const MOST = 100;

const entries: Entry[] = [];
const listeners = new Set<(entry: Entry) => void>();

/** Records an event. */
export function record(kind: Kind, text: string): void {
  const entry = { at: Date.now(), kind, text };
  entries.unshift(entry);
  entries.length = Math.min(entries.length, MOST);
  for (const tell of listeners) tell(entry);
}

/** The recorded events, the newest first. */
export function recorded(): readonly Entry[] {
  return entries;
}

/** Removes all events. */
export function forgetAll(): void {
  entries.length = 0;
}

/** Calls back with every event that is recorded from now on. */
export function onRecord(tell: (entry: Entry) => void): void {
  listeners.add(tell);
}

/** The most events that are kept, for their display. */
export const CAPACITY = MOST;
