/** The activity events of permgate, in words. */
import type { Activity, Status } from "permgate";
import type { Kind } from "./timeline.ts";

const TRANSPORTS = {
  events: "server-sent events",
  socket: "WebSocket",
  poll: "long poll",
};

const STREAM = { opening: "opening", open: "open", closed: "closed", silent: "silent for too long, given up" };

/** The causes of loads, in words. */
const CAUSES: Record<string, string> = {
  "start": "the page begins",
  "ttl": "the time to live is over",
  "retry": "the last attempt failed",
  "refresh": "the page wants to know now",
  "invalidated": "the page knows that they are out of date",
  "credentials": "there are other credentials",
  "tenant": "another tenant was chosen",
  "401": "a request met a 401",
  "403": "a request met a 403",
  "version-header": "an answer carried a newer `Permissions-Version`",
  "behind": "the last answer was older than what was announced",
  "push": "the server pushed a message",
  "stream": "changes may have been missed while there was no stream",
  "visible": "the page is looked at again",
  "resumed": "the page was frozen, and goes on",
  "online": "there is a network again",
  "navigation": "another page was opened",
  "tab": "another tab knows something",
};

const STATUSES: Record<Status, string> = {
  idle: "Nothing is asked for yet",
  loading: "Nothing is known until the server has answered",
  fresh: "The permissions are fresh",
  stale: "The permissions may be out of date; they answer for a little longer",
  expired: "The permissions are too old to be believed: nothing is granted",
  unauthenticated: "Nobody is signed in: nothing is granted",
  failed: "The permissions could not be had: nothing is granted",
};

/** An activity as a sentence, and what kind of entry it is. */
export function wordsOf(activity: Activity): { kind: Kind; text: string } {
  switch (activity.kind) {
    case "load":
      return { kind: "load", text: `Permissions are asked for: ${CAUSES[activity.what] ?? activity.what}` };
    case "stream":
      return { kind: "stream", text: `Stream by ${TRANSPORTS[activity.transport]}: ${STREAM[activity.what]}` };
    case "message":
      return { kind: "message", text: `The server pushed \`${activity.what}\`` };
    case "tab":
      return { kind: "tab", text: `Another tab said \`${activity.what}\`` };
    case "leader":
      return {
        kind: "tab",
        text: activity.what === "gained" ? "This tab holds the stream for all tabs" : "This tab leaves the stream to another tab",
      };
  }
}

/** A status as a sentence. */
export function statusWords(status: Status): string {
  return STATUSES[status];
}

/** Up to a number of names, in backticks. */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).map((name) => `\`${name}\``).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
