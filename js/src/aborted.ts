/** Waiting that a signal ends. */

/** What a promise gives, or the reason of the signal, whichever comes first. */
export function unlessAborted<Given>(promise: Promise<Given>, signal: AbortSignal | null | undefined): Promise<Given> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
