/** Simulates a sleeping device: the wall clock runs, timers stand still. */

const read = Date.now;

/** The total time for which the device has slept, in milliseconds. */
let slept = 0;

Date.now = () => read.call(Date) + slept;

/** Simulates that the lid was closed for this long, and is open again. */
export function sleep(ms: number): void {
  slept += ms;
}
