/** The clock that the processes of one machine share. */

/** Milliseconds since 1970, finer than `Date.now()`. */
export function now() {
  return performance.timeOrigin + performance.now();
}
