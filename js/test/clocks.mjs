/** Clocks that tests set forward. */

/** Lets both clocks run ahead by a number of milliseconds when the test says so. */
export function clocks(t) {
  let ahead = 0;
  for (const clock of [Date, performance]) {
    const now = clock.now.bind(clock);
    t.mock.method(clock, "now", () => now() + ahead);
  }
  return (ms) => void (ahead += ms);
}
