/** The numbers that cross the border to the module, as in `src/border.rs`; a test compares both. */

/** The kinds of events that `Engine.tell` takes. */
export const enum Told {
  Shown = 0,
  Hidden = 1,
  Suspended = 2,
  Resumed = 3,
  Online = 4,
  Offline = 5,
  Navigated = 6,
  Refresh = 7,
  Invalidate = 8,
  /** The token is the text; without a text, nobody is signed in. */
  Token = 9,
  TokenProvider = 10,
  TokenSeen = 11,
  Tenant = 12,
  SignedOut = 13,
  Tab = 14,
  Timer = 15,
}

/** What the module asks, for `Engine.answered`. */
export const enum Asked {
  Policies = 0,
  Token = 1,
  Document = 2,
  Renewal = 3,
}

/** The answer to a requirement. */
export const enum Decided {
  Denied = 0,
  Granted = 1,
  Unknown = 2,
  Malformed = 3,
}

/** What happens to a request that met a 401. */
export const enum Verdict {
  /** The application gets the refusal. */
  Pass = 0,
  /** The request is sent again. */
  Replay = 1,
  /** This is not known yet. */
  Wait = 2,
}

/** Why a stream ended; any other number is the HTTP status of a rejected stream. */
export const enum StreamEnd {
  /** A network error. */
  Broken = 0,
  /** The response is not an event stream. */
  NotAStream = 1,
  /** The other side closed the stream. */
  Closed = 200,
}

/**
 * An answer that came before the module was there, as `src/past.rs` reads it: whether it is good, its value, and when
 * it came by the wall clock and by the monotonic clock, in milliseconds. Without times, it came no later than the event
 * that is told with it.
 */
export type Came = readonly [isGood: boolean, value: unknown, wall?: number, monotonic?: number];
