/** The checks of streams: credentials, the first message, heartbeats, and the effect of proxies. */

import { Advice, check, describe, need } from "./check.mjs";
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

/** The checks that events and sockets share; `at` takes the stream from the answers of the server. */
function messageChecks(name, at, applies) {
  const requireStream = (answers) => need(at(answers).inbox, "there is no stream");
  const requireMessage = (answers) => {
    requireStream(answers);
    need(at(answers).inbox.messages.length > 0, "no message arrived");
  };
  return [
    check(`${name}.first`, "the first message is `version`, with the version and subject of the document", (answers) => {
      requireMessage(answers);
      const first = messageOf(at(answers).inbox.messages[0]);
      need(first, "the first message could not be read");
      if (first.type !== "version") return `it is \`${first.type}\`; send \`version\` first, so that a page knows whether it missed a change`;
      const { version, subject } = answers.read?.snapshot ?? {};
      if (typeof version === "number" && Number.isInteger(first.version) && first.version < version) return `it has version ${first.version}, but the document has version ${version}; send the current version`;
      if (subject && first.subject !== undefined && first.subject !== subject) return `it is about \`${first.subject}\`, not \`${subject}\`: a page ignores it`;
      return undefined;
    }, applies),
    check(`${name}.readable`, "the module reads every message", (answers) => {
      requireMessage(answers);
      return at(answers).errors[0];
    }, applies),
    check(`${name}.heartbeat`, "a stream sends a heartbeat", (answers, { heartbeatMs }) => {
      requireStream(answers);
      const { inbox, beat } = at(answers);
      need(inbox.hasBegun, "nothing arrived on the stream");
      if (beat) return undefined;
      if (inbox.ended !== undefined) return `${inbox.ended} before a \`heartbeat\` arrived; keep the stream open`;
      const hint = inbox.comments > 0 ? "comments arrived, but `EventSource` hides them; send an event" : "send one every 15 s, since a page closes a stream after 35 s of silence";
      return `no \`heartbeat\` arrived within ${heartbeatMs / 1000} s; ${hint}`;
    }, applies),
  ];
}

const events = ({ events }) => events !== undefined;
const requireOpen = (answers) => need(answers.events.head.status === 200, "the stream was not opened");

export const EVENTS = [
  check("events.anonymous", "a stream without credentials is answered with 401", (answers) =>
    answers.events.anonymous.status === 401 ? undefined : `${describe("it", answers.events.anonymous)}; answer 401 before the stream begins`, events),
  check("events.opened", "the stream is answered with 200 and `text/event-stream`", ({ events: { head } }) => {
    if (head.status !== 200) return `${describe("it", head)}; answer 200 with \`Content-Type: text/event-stream\``;
    return mediaType(head.headers) === "text/event-stream" ? undefined : `its \`Content-Type\` is \`${mediaType(head.headers)}\`; send \`text/event-stream\``;
  }, events),
  check("events.control", "caches keep nothing of the stream, and proxies leave it as it is", (answers) => {
    requireOpen(answers);
    const value = answers.events.head.headers["cache-control"];
    const missing = ["no-store", "no-transform"].filter((word) => !list(value).includes(word));
    return missing.length === 0 ? undefined : `its \`Cache-Control\` is \`${value ?? ""}\`; send \`no-store, no-transform\``;
  }, events),
  check("events.plain", "the stream is not compressed", (answers) => {
    requireOpen(answers);
    const encoding = answers.events.head.headers["content-encoding"] ?? "identity";
    return encoding === "identity" ? undefined : `its \`Content-Encoding\` is \`${encoding}\`: compression holds messages back; do not compress \`text/event-stream\``;
  }, events),
  check("events.unbuffered", "nginx does not buffer the stream", (answers) => {
    requireOpen(answers);
    return answers.events.head.headers["x-accel-buffering"] === "no" ? undefined : new Advice("`X-Accel-Buffering: no` is missing; send it, unless an nginx in front of the server has removed it");
  }, events),
  check("events.origin", "the stream allows the page's origin by name", (answers, { origin }) => {
    requireOpen(answers);
    const allowed = answers.events.head.headers["access-control-allow-origin"];
    return allowed === origin ? undefined : `its \`Access-Control-Allow-Origin\` is \`${allowed ?? ""}\`; send \`${origin}\``;
  }, (options) => events(options) && options.origin !== undefined),
  check("events.prompt", "the first message comes at once", (answers, { timeoutMs }) => {
    requireOpen(answers);
    const { inbox } = answers.events;
    need(inbox, "the answer is not a stream");
    if (inbox.messages.length > 0) return undefined;
    if (inbox.ended !== undefined) return `${inbox.ended} before a message arrived`;
    return `the headers arrived, but no message within ${timeoutMs / 1000} s; send \`version\` and flush it, and let no proxy compress or buffer the stream`;
  }, events),
  ...messageChecks("events", (answers) => answers.events, events),
];

const socket = ({ socket }) => socket !== undefined;

/** The results of a handshake without valid credentials: 401 or 403, or the matching close codes. */
const isRefused = ({ status, code }) => [401, 403, 4401, 4403].includes(status === 101 ? code : status);

export const SOCKET = [
  check("socket.anonymous", "a socket without credentials receives no messages", ({ socket: { anonymous } }) => {
    if (anonymous.inbox?.messages.length > 0) return "a message arrived before any credentials were sent; close the socket with 4401";
    if (isRefused(anonymous)) return undefined;
    return anonymous.status === 101 ? `it ended ${anonymous.code === undefined ? "without a code" : `with ${anonymous.code}`}; close it with 4401 when the credentials are not valid` : `${describe("the handshake", anonymous)}; answer 401`;
  }, socket),
  check("socket.foreign", "a handshake with the cookie from another site is refused", ({ socket: { foreign }, header }) => {
    need(header === "Cookie", "the check needs a cookie: browsers send no token from another site");
    if (foreign.inbox?.messages.length > 0) return "a page of another site reads the user's messages; compare `Origin` with a list";
    return isRefused(foreign) ? undefined : `${describe("it", foreign)}; compare \`Origin\` with a list, and answer 403`;
  }, socket),
  check("socket.opened", "the socket opens", ({ socket: { head } }) =>
    head.status === 101 ? undefined : head.problem ?? `${describe("the handshake", head)}; answer 101 to the signed-in user`, socket),
  check("socket.prompt", "the first message comes at once", ({ socket: { head, inbox } }, { timeoutMs }) => {
    need(head.status === 101, "the socket did not open");
    if (inbox.messages.length > 0) return undefined;
    return inbox.ended === undefined ? `no message arrived within ${timeoutMs / 1000} s; send \`version\` as soon as the socket is open` : `${inbox.ended} before a message arrived; send \`version\` first`;
  }, socket),
  ...messageChecks("socket", (answers) => answers.socket, socket),
];

const poll = ({ poll }) => poll;
const field = (answer) => versionField(answer.headers["permissions-version"]);
const requireVersion = (answers) => need(answers.poll.version !== undefined, "the document has no version");

export const POLL = [
  check("poll.anonymous", "a long poll without credentials is answered with 401", (answers) => {
    requireVersion(answers);
    return answers.poll.anonymous.status === 401 ? undefined : `${describe("it", answers.poll.anonymous)}; answer 401`;
  }, poll),
  check("poll.differs", "a long poll with another version is answered at once", (answers) => {
    requireVersion(answers);
    const { differs, waitMs } = answers.poll;
    if (![200, 204].includes(differs.status)) return `${describe("it", differs)}; answer 200 or 204 at once`;
    return differs.ms < waitMs / 2 ? undefined : "its answer took too long; answer at once when the version that the page holds is not the current one";
  }, poll),
  check("poll.waits", "a long poll with the current version waits, and is answered with 204", (answers) => {
    requireVersion(answers);
    const { same, waitMs } = answers.poll;
    if (same.status !== 204 && same.status !== 200) return `${describe("it", same)}; answer 204 at the end of the wait`;
    return same.ms >= waitMs / 2 ? undefined : "it was answered at once, so that pages would poll without a pause; hold the answer back until there is another version";
  }, poll),
  check("poll.version", "the answer of a long poll has `Permissions-Version`", (answers) => {
    requireVersion(answers);
    const polls = [answers.poll.differs, answers.poll.same].filter(({ status }) => [200, 204].includes(status));
    need(polls.length > 0, "no long poll was answered");
    return polls.every(field) ? undefined : "the field is missing or cannot be read, so that a page stops using long polls; send it with 200 and 204";
  }, poll),
];

const change = ({ change }) => change !== undefined;
const requireChange = (answers) => need(answers.change.code === 0, "the command of `--change-with` failed");
const requireNewDocument = (answers) => {
  requireChange(answers);
  need(answers.change.read?.snapshot, "the document could not be read after the change");
};

/** Requires that the document shows the change: otherwise it cannot be announced. */
const requireNewVersion = (answers) => {
  requireNewDocument(answers);
  need(answers.change.read.snapshot.version > (answers.read?.snapshot?.version ?? Infinity), "the version of the document has not risen");
};

/** A check that the change is announced over one transport. */
function pushCheck(name, applies) {
  return check(`change.${name}`, `the change is pushed by ${name}`, (answers, { withinMs }) => {
    requireNewVersion(answers);
    need(answers.change.ways[name], answers.change.absent[name] ?? "there is no stream");
    return answers.change.ways[name].message ? undefined : `no message arrived within ${withinMs / 1000} s after the command; announce the change to every stream of the user`;
  }, (options) => change(options) && applies(options));
}

export const CHANGE = [
  check("change.command", "the command succeeds", ({ change: { code } }) => (code === 0 ? undefined : `it ended with ${code}; correct the command of \`--change-with\``), change),
  check("change.version", "the version of the document has risen", (answers) => {
    requireChange(answers);
    const { after, read } = answers.change;
    need(after.status !== 304, "the old tag was answered with 304");
    if (after.status !== 200) return describe("after the change, the document", after);
    if (read.error) return `after the change, the document cannot be read: ${read.error}`;
    const [was, is] = [answers.read?.snapshot?.version, read.snapshot.version];
    need(typeof was === "number", "the document had no version");
    return is > was ? undefined : `it was ${was} before the change and is ${is} after it; increase it in the transaction of the change`;
  }, change),
  check("change.tag", "the old tag is answered with the new document", (answers) => {
    requireChange(answers);
    need([200, 304].includes(answers.change.after.status), "the document could not be read after the change");
    return answers.change.after.status !== 304 ? undefined : "it is answered with 304, so that the page would keep revoked permissions; make the tag from the content";
  }, change),
  check("change.revoked", "permissions that the command revoked are no longer granted", (answers) => {
    requireNewDocument(answers);
    return answers.change.revokedNames.length > 0 ? undefined : "the document grants the same as before; does the command revoke a permission of the user whose credentials you gave?";
  }, change),
  pushCheck("events", events),
  pushCheck("socket", socket),
  pushCheck("poll", poll),
  check("change.committed", "a change is announced after it is committed", (answers) => {
    requireNewVersion(answers);
    need(answers.change.atOnce, "nothing was pushed");
    const { message, read } = answers.change.atOnce;
    need(read?.snapshot, "the document could not be read");
    return read.snapshot.version >= message.version ? undefined : `the message has version ${message.version}, but the document that was then requested has version ${read.snapshot.version}; send the message after the commit`;
  }, (options) => change(options) && (events(options) || socket(options))),
  check("change.names", "permissions that a message names as revoked are revoked", (answers) => {
    requireNewDocument(answers);
    need(answers.change.announcedNames.length > 0, "no message `revoked` arrived");
    const star = answers.change.announcedNames.find((name) => name.includes("*"));
    if (star !== undefined && answers.change.hasWildcards) return `\`${star}\` is a pattern; name the permissions themselves, or send \`version\``;
    return answers.change.stillGranted.length === 0 ? undefined : `\`${answers.change.stillGranted[0]}\` is named as revoked, but the document grants it`;
  }, (options) => change(options) && (events(options) || socket(options))),
  check("change.restored", "the command that undoes the change succeeds", ({ change: { restored } }) => (restored === 0 ? undefined : `it ended ${restored === undefined ? "without a status" : `with ${restored}`}; undo the change by hand`), ({ restore }) => restore !== undefined),
];

