/** The requests that the checker is about to send, counted before the first of them. */

import { POLL_SECONDS } from "./probes.mjs";


/** The most streams of the checks that may be open at once. */
export const MOST_STREAMS = 2;

/** `{ requests, streams, seconds, lines }`: the limits, and the lines that state them. */
export function planOf(options) {
  const { events, socket, poll, origin, apis, forbidden, change, restore, credentials } = options;
  const isCookie = credentials.header === "Cookie";
  const handshakes = socket ? (isCookie ? 3 : 2) : 0;
  const streams = (events ? 2 : 0) + handshakes + (poll ? 3 + (change && (restore || (!events && !socket)) ? 1 : 0) : 0);
  const plain = 6 + (options.other ? 1 : 0) + apis.length + forbidden.length + (origin ? 4 : 0) + (change ? 2 + (events || socket ? 1 : 0) : 0);
  const seconds = Math.ceil((events || socket ? options.heartbeatMs : 0) / 1000 + (poll ? POLL_SECONDS : 0) + (change ? options.withinMs / 1000 : 0)) + 2;
  const methods = origin ? "GET and OPTIONS" : "GET";
  return {
    requests: plain + streams,
    streams,
    seconds,
    lines: [
      `plan: at most ${plain + streams} requests (${methods}), ${streams} of them streams, at most ${MOST_STREAMS} open at once; about ${seconds} s`,
      change === undefined ? "plan: nothing on the server is changed" : `plan: \`${change}\` changes the user's permissions${restore === undefined ? "; nothing undoes it" : `, \`${restore}\` undoes it`}`,
    ],
  };
}

