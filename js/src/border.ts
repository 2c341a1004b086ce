/** The numbers that cross the border to the module: as `src/border.rs` has them, which a test compares. */

/** What an instance is told by `Engine.tell`. */
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
}

/** The answer to a requirement. */
export const enum Decided {
  Denied = 0,
  Granted = 1,
  Unknown = 2,
  Malformed = 3,
}

/** What becomes of a request that met 401. */
export const enum Verdict {
  /** The application gets the refusal. */
  Pass = 0,
  /** The request is sent again. */
  Replay = 1,
  /** That is not known yet. */
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
 * What came before the module was there, as `src/past.rs` reads it: whether it is good, what it is, and when it came, by
 * the wall clock and by the monotonic one, in milliseconds. Without a time, at no later time than what is told beside it.
 */
export type Came = readonly [isGood: boolean, value: unknown, wall?: number, monotonic?: number];
