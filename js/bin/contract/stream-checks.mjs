/** The checks of streams: credentials, the first message, heartbeats, and the effect of proxies. */

import { Advice, check, need, told } from "./check.mjs";
import { list, mediaType, versionField } from "./fields.mjs";

/** A message as `{ type, version, subject, permissions }`, for any transport; null when it cannot be read. */
export function messageOf({ kind, data }) {
  try {
    const body = data === "" ? {} : JSON.parse(data);
    return { ...body, type: kind === "message" ? body.type : kind };
  } catch {
    return null;
  }
}

/** Whether a message has a version. */
export const isVersion = (type) => type === "version" || type === "revoked";

/** The checks of both events and sockets; `at` takes the stream from what was seen. */
function messages(name, at, applies) {
  const open = (seen) => need(at(seen).inbox, "there is no stream");
  const begun = (seen) => {
    open(seen);
    need(at(seen).inbox.messages.length > 0, "no message came");
  };
  return [
    check(`${name}.first`, "the first message is `version`, with the version and subject of the document", (seen) => {
      begun(seen);
      const first = messageOf(at(seen).inbox.messages[0]);
      need(first, "the first message could not be read");
      if (first.type !== "version") return `it is \`${first.type}\`; send \`version\` first, so that a page knows whether it missed a change`;
      const { version, subject } = seen.read?.snapshot ?? {};
      if (typeof version === "number" && Number.isInteger(first.version) && first.version < version) return `it says ${first.version}, and the document ${version}`;
      if (subject && first.subject !== undefined && first.subject !== subject) return `it is about \`${first.subject}\`, not \`${subject}\`: a page ignores it`;
      return undefined;
    }, applies),
    check(`${name}.readable`, "the module reads every message", (seen) => {
      begun(seen);
      return at(seen).errors[0];
    }, applies),
    check(`${name}.heartbeat`, "a stream gives signs of life", (seen, { heartbeatMs }) => {
      open(seen);
      const { inbox, beat } = at(seen);
      need(inbox.hasBegun, "nothing came by the stream");
      if (beat) return undefined;
      if (inbox.ended !== undefined) return `${inbox.ended} before a \`heartbeat\` came; keep it open`;
      const hint = inbox.comments > 0 ? "comments came, which `EventSource` hides; send an event" : "send one every 15 s, since a page gives up a stream after 35 s of silence";
      return `no \`heartbeat\` came within ${heartbeatMs / 1000} s; ${hint}`;
    }, applies),
  ];
}

const events = ({ events }) => events !== undefined;
const opened = (seen) => need(seen.events.head.status === 200, "the stream was not opened");

export const EVENTS = [
  check("events.anonymous", "a stream without credentials is answered with 401", (seen) =>
    seen.events.anonymous.status === 401 ? undefined : `it was answered with ${told(seen.events.anonymous)}; answer 401 before the stream begins`, events),
  check("events.opened", "the stream is answered with 200 and `text/event-stream`", ({ events: { head } }) => {
    if (head.status !== 200) return `it was answered with ${told(head)}`;
    return mediaType(head.headers) === "text/event-stream" ? undefined : `its \`Content-Type\` is \`${mediaType(head.headers)}\``;
  }, events),
  check("events.control", "caches keep nothing of the stream, and proxies leave it as it is", (seen) => {
    opened(seen);
    const value = seen.events.head.headers["cache-control"];
    const missing = ["no-store", "no-transform"].filter((word) => !list(value).includes(word));
    return missing.length === 0 ? undefined : `its \`Cache-Control\` is \`${value ?? ""}\`; send \`no-store, no-transform\``;
  }, events),
  check("events.plain", "the stream is not compressed", (seen) => {
    opened(seen);
    const encoding = seen.events.head.headers["content-encoding"] ?? "identity";
    return encoding === "identity" ? undefined : `its \`Content-Encoding\` is \`${encoding}\`: compression holds messages back; do not compress \`text/event-stream\``;
  }, events),
  check("events.unbuffered", "nginx is told to pass the stream on", (seen) => {
    opened(seen);
    return seen.events.head.headers["x-accel-buffering"] === "no" ? undefined : new Advice("`X-Accel-Buffering: no` is missing; send it, unless an nginx in front of the server has removed it");
  }, events),
  check("events.origin", "the stream allows the page's origin by name", (seen, { origin }) => {
    opened(seen);
    const allowed = seen.events.head.headers["access-control-allow-origin"];
    return allowed === origin ? undefined : `its \`Access-Control-Allow-Origin\` is \`${allowed ?? ""}\`; send \`${origin}\``;
  }, (options) => events(options) && options.origin !== undefined),
  check("events.prompt", "the first message comes at once", (seen, { timeoutMs }) => {
    opened(seen);
    const { inbox } = seen.events;
    need(inbox, "it is no stream");
    if (inbox.messages.length > 0) return undefined;
    if (inbox.ended !== undefined) return `${inbox.ended} before a message came`;
    return `the head came, and no message within ${timeoutMs / 1000} s; send \`version\` and flush it, and let no proxy compress or buffer the stream`;
  }, events),
  ...messages("events", (seen) => seen.events, events),
];

const socket = ({ socket }) => socket !== undefined;

/** The results of a handshake without valid credentials: 401 or 403, or the matching close codes. */
const isRefused = ({ status, code }) => [401, 403, 4401, 4403].includes(status === 101 ? code : status);

export const SOCKET = [
  check("socket.anonymous", "a socket without credentials receives no messages", ({ socket: { anonymous } }) => {
    if (anonymous.inbox?.messages.length > 0) return "a message came before any credentials; close the socket with 4401";
    if (isRefused(anonymous)) return undefined;
    return anonymous.status === 101 ? `it ended with ${anonymous.code ?? "nothing"}; close it with 4401 when the credentials are not valid` : `the handshake was answered with ${told(anonymous)}; answer 401`;
  }, socket),
  check("socket.foreign", "a handshake with the cookie from another site is refused", ({ socket: { foreign }, header }) => {
    need(header === "Cookie", "only cookies are sent without a script");
    if (foreign.inbox?.messages.length > 0) return "a page of another site reads the user's messages; compare `Origin` with a list";
    return isRefused(foreign) ? undefined : `it was answered with ${told(foreign)}; compare \`Origin\` with a list, and answer 403`;
  }, socket),
  check("socket.opened", "the socket opens", ({ socket: { head } }) =>
    head.status === 101 ? undefined : head.problem ?? `the handshake was answered with ${told(head)}`, socket),
  check("socket.prompt", "the first message comes at once", ({ socket: { head, inbox } }, { timeoutMs }) => {
    need(head.status === 101, "the socket did not open");
    if (inbox.messages.length > 0) return undefined;
    return inbox.ended === undefined ? `no message came within ${timeoutMs / 1000} s` : `${inbox.ended} before a message came`;
  }, socket),
  ...messages("socket", (seen) => seen.socket, socket),
];

const poll = ({ poll }) => poll;
const field = (answer) => versionField(answer.headers["permissions-version"]);
const known = (seen) => need(seen.poll.version !== undefined, "the version of the document is not known");

export const POLL = [
  check("poll.anonymous", "a long poll without credentials is answered with 401", (seen) => {
    known(seen);
    return seen.poll.anonymous.status === 401 ? undefined : `it was answered with ${told(seen.poll.anonymous)}`;
  }, poll),
  check("poll.differs", "a long poll with another version is answered at once", (seen) => {
    known(seen);
    const { differs, waitMs } = seen.poll;
    if (![200, 204].includes(differs.status)) return `it was answered with ${told(differs)}`;
    return differs.ms < waitMs / 2 ? undefined : "it waited; answer at once when the version that the page holds is not the current one";
  }, poll),
  check("poll.waits", "a long poll with the current version waits, and is answered with 204", (seen) => {
    known(seen);
    const { same, waitMs } = seen.poll;
    if (same.status !== 204 && same.status !== 200) return `it was answered with ${told(same)}; answer 204 at the end of the wait`;
    return same.ms >= waitMs / 2 ? undefined : "it was answered at once: pages would poll without a pause; wait for another version";
  }, poll),
  check("poll.version", "the answer of a long poll has `Permissions-Version`", (seen) => {
    known(seen);
    const answers = [seen.poll.differs, seen.poll.same].filter(({ status }) => [200, 204].includes(status));
    need(answers.length > 0, "no long poll was answered");
    return answers.every(field) ? undefined : "it has no readable one; a page then stops using long polls";
  }, poll),
];

const change = ({ change }) => change !== undefined;
const changed = (seen) => need(seen.change.code === 0, "the command failed");
const risen = (seen) => {
  changed(seen);
  need(seen.change.read?.snapshot, "the document could not be read after the change");
};

/** Requires that the document shows the change: otherwise it cannot be announced. */
const visible = (seen) => {
  risen(seen);
  need(seen.change.read.snapshot.version > (seen.read?.snapshot?.version ?? Infinity), "the version of the document has not risen");
};

/** A check that the change is announced over one transport. */
function heard(name, applies) {
  return check(`change.${name}`, `the change is pushed by ${name}`, (seen, { withinMs }) => {
    visible(seen);
    need(seen.change.ways[name], seen.change.absent[name] ?? "there is no stream");
    return seen.change.ways[name].message ? undefined : `nothing came within ${withinMs / 1000} s after the command; announce the change to every stream of the user`;
  }, (options) => change(options) && applies(options));
}

export const CHANGE = [
  check("change.command", "the command succeeds", ({ change: { code } }) => (code === 0 ? undefined : `it ended with ${code}`), change),
  check("change.version", "the version of the document has risen", (seen) => {
    changed(seen);
    const { after, read } = seen.change;
    need(after.status !== 304, "the old tag was answered with 304");
    if (after.status !== 200) return `after the change, the document was answered with ${told(after)}`;
    if (read.error) return `after the change, the document cannot be read: ${read.error}`;
    const [was, is] = [seen.read?.snapshot?.version, read.snapshot.version];
    need(typeof was === "number", "the document had no version");
    return is > was ? undefined : `it was ${was}, and is ${is}; count it up in the transaction of the change`;
  }, change),
  check("change.tag", "the old tag is answered with the new document", (seen) => {
    changed(seen);
    need([200, 304].includes(seen.change.after.status), "the document could not be read after the change");
    return seen.change.after.status !== 304 ? undefined : "it was answered with 304: the page would keep revoked permissions; make the tag from the content";
  }, change),
  check("change.revoked", "permissions that the command took away are no longer granted", (seen) => {
    risen(seen);
    return seen.change.lost.length > 0 ? undefined : "the document grants the same as before; does the command take a permission from this very user?";
  }, change),
  heard("events", events),
  heard("socket", socket),
  heard("poll", poll),
  check("change.committed", "a change is announced after it is committed", (seen) => {
    visible(seen);
    need(seen.change.atOnce, "nothing was pushed");
    const { message, read } = seen.change.atOnce;
    need(read?.snapshot, "the document could not be read");
    return read.snapshot.version >= message.version ? undefined : `the message says ${message.version}, and the document asked for at that moment ${read.snapshot.version}; announce it after the commit`;
  }, (options) => change(options) && (events(options) || socket(options))),
  check("change.names", "permissions that a message names as revoked are revoked", (seen) => {
    risen(seen);
    need(seen.change.told.length > 0, "no message `revoked` came");
    const star = seen.change.told.find((name) => name.includes("*"));
    if (star !== undefined && seen.change.hasWildcards) return `\`${star}\` is a pattern; name the permissions themselves, or send \`version\``;
    return seen.change.stillGranted.length === 0 ? undefined : `\`${seen.change.stillGranted[0]}\` is named as revoked, but the document grants it`;
  }, (options) => change(options) && (events(options) || socket(options))),
  check("change.restored", "the command that undoes it succeeds", ({ change: { restored } }) => (restored === 0 ? undefined : `it ended with ${restored ?? "nothing"}; undo the change by hand`), ({ restore }) => restore !== undefined),
];

