/** Clocks that tests set forward. */

/** Replaces both clocks; returns a function that moves them ahead by a number of milliseconds. */
export function clocks(t) {
  let ahead = 0;
  for (const clock of [Date, performance]) {
    const now = clock.now.bind(clock);
    t.mock.method(clock, "now", () => now() + ahead);
  }
  return (ms) => void (ahead += ms);
}
