/** Lets a signal end the wait for a promise. */

/** The value of a promise, or the rejection by the signal's reason, whichever comes first. */
export function unlessAborted<Given>(promise: Promise<Given>, signal: AbortSignal | null | undefined): Promise<Given> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
