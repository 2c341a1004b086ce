/** Lets the page's device sleep, as far as a page can tell: the wall clock moves on, timers stand still. */

const read = Date.now;

/** How long the device has slept in all, in milliseconds. */
let slept = 0;

Date.now = () => read.call(Date) + slept;

/** The lid was closed for so long, and is open again. */
export function sleep(ms: number): void {
  slept += ms;
}
