/** Sends the requests of the checks, in the order of the plan, and keeps the answers. */

import { NetworkError } from "./exchange.mjs";
import { followEvents } from "./events.mjs";
import { readDocument, readMessages } from "./engine.mjs";
import { isStrongTag, mediaType, versionField } from "./fields.mjs";
import { UsageError } from "../usage-error.mjs";
import { messageOf } from "./stream-checks.mjs";
import { openSocket } from "./socket.mjs";

/** An origin that nobody can have (RFC 6761 §6.4). */
const FOREIGN = "https://permgate.invalid";

/** A tag that no document has. */
const OTHER_TAG = '"permgate-contract"';

/** How long the checks' long polls wait: long enough to differ from an immediate answer. */
export const POLL_SECONDS = 3;

/** An answer, or the reason why there is none. */
export async function attempt(send) {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return { status: 0, headers: {}, text: "", failure: error.message };
  }
}

/**
 * Asks for the document. A wrong address or wrong credentials end the whole run, since nothing else could be judged.
 *
 * @throws UsageError
 */
export async function askDocument(client, { url, reading }) {
  let document;
  try {
    document = await client.ask(url);
  } catch (error) {
    if (error instanceof NetworkError) throw new UsageError(error.message);
    throw error;
  }
  const { status, headers } = document;
  const at = `\`${url.pathname}\` was answered with ${status}`;
  if (status === 404 || status === 405) throw new UsageError(`${at}; is \`--url\` the address of the permission document?`);
  if (status === 401 || status === 403) throw new UsageError(`${at} although credentials were sent; are they still valid?`);
  if (status >= 300 && status < 400 && status !== 304) throw new UsageError(`${at}, a redirect to \`${headers.location ?? ""}\`, which is not followed; give the address that answers, and valid credentials`);
  if (mediaType(headers) === "text/html") throw new UsageError(`${at} and HTML: this is a page of the application or of a proxy; give the address of the permission document in \`--url\``);
  const read = status === 200 ? await readDocument(document, reading) : {};
  return { document, read, field: versionField(headers["permissions-version"]), header: client.header };
}

/** Asks for the document again, with tags, and with other credentials and without. */
export async function askAgain(client, { url, other }, { document }) {
  const { etag } = document.headers;
  const tag = isStrongTag(etag) ? etag : OTHER_TAG;
  return {
    again: await attempt(() => client.ask(url)),
    conditional: await attempt(() => client.ask(url, { headers: { "If-None-Match": tag } })),
    other: await attempt(() => client.ask(url, { headers: { "If-None-Match": OTHER_TAG } })),
    anonymous: await attempt(() => client.ask(url, { who: "anonymous" })),
    refused: await attempt(() => client.ask(url, { who: "wrong" })),
    another: other && (await attempt(() => client.ask(url, { who: "other", headers: { "If-None-Match": tag } }))),
  };
}

export async function askRoutes(client, { apis, forbidden }) {
  const all = async (urls) => {
    const answers = [];
    for (const url of urls) answers.push({ url, answer: await attempt(() => client.ask(url)) });
    return answers;
  };
  return { apis: await all(apis), forbidden: await all(forbidden) };
}

export async function askAcross(client, { url, origin, headers }) {
  if (origin === undefined) return {};
  const requested = { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": ["authorization", "if-none-match", ...Object.keys(headers)].join(",").toLowerCase() };
  return {
    preflight: await attempt(() => client.ask(url, { method: "OPTIONS", who: "anonymous", headers: { Origin: origin, ...requested } })),
    cross: await attempt(() => client.ask(url, { headers: { Origin: origin } })),
    crossAnonymous: await attempt(() => client.ask(url, { who: "anonymous", headers: { Origin: origin } })),
    foreign: await attempt(() => client.ask(url, { headers: { Origin: FOREIGN } })),
    foreignOrigin: FOREIGN,
  };
}

export async function askPolls(client, options, { read, field }) {
  if (!options.poll) return {};
  const version = read.snapshot?.version ?? field?.version;
  if (version === undefined || version === null) return { poll: { version: undefined } };
  const waitMs = POLL_SECONDS * 1000;
  const ask = (ownVersion, who = "user") => attempt(() => client.ask(pollOf(options.url, POLL_SECONDS, ownVersion), { who, extraMs: waitMs }));
  return { poll: { version, waitMs, anonymous: await ask(version, "anonymous"), differs: await ask(version + 1), same: await ask(version) } };
}

/** The address of a long poll. */
export function pollOf(url, seconds, version) {
  const address = new URL(url);
  address.searchParams.set("wait", String(seconds));
  address.searchParams.set("version", String(version));
  return address;
}

/** Opens streams with credentials that must be refused. */
export async function askForStreams(client, options) {
  const answers = {};
  if (options.events) {
    const anonymous = await attempt(async () => {
      const answer = await client.open(options.events, { who: "anonymous" });
      answer.close();
      return answer;
    });
    answers.events = { anonymous };
  }
  if (options.socket) {
    const origin = options.origin ?? options.socket.origin.replace(/^ws/, "http");
    const authenticate = JSON.stringify({ type: "authenticate", token: "x" });
    answers.socket = { anonymous: await refusedSocket(client, options, { Origin: origin }, authenticate) };
    if (client.header === "Cookie") answers.socket.foreign = await refusedSocket(client, options, { Origin: FOREIGN, ...client.as("user") });
  }
  return answers;
}

/** Opens a socket that should be refused, and follows it until it is closed or the time is over. */
async function refusedSocket(client, { socket, timeoutMs }, headers, text) {
  return attempt(async () => {
    const open = await openSocket(client, socket, headers);
    if (!open.inbox) return open;
    if (text !== undefined) open.send(text);
    await open.inbox.wait(() => true, timeoutMs, client.signal);
    open.close();
    return open;
  });
}

/** Opens both streams, and waits for the first message and a heartbeat of each. */
export async function openStreams(client, options, answers) {
  const opened = [];
  if (options.events) {
    const head = await attempt(() => client.open(options.events, { headers: options.origin ? { Origin: options.origin } : {} }));
    const isStream = head.status === 200 && mediaType(head.headers) === "text/event-stream";
    if (head.response && !isStream) head.close();
    Object.assign(answers.events, { head, inbox: isStream ? followEvents(head) : undefined });
    if (isStream) opened.push({ name: "events", ...answers.events, close: head.close });
  }
  if (options.socket) {
    const { header } = client;
    const origin = options.origin ?? options.socket.origin.replace(/^ws/, "http");
    const head = await attempt(() => openSocket(client, options.socket, { Origin: origin, ...(header === "Cookie" ? client.as("user") : {}) }));
    // Like a page: a browser's handshake carries no token.
    if (head.inbox && header !== "Cookie") head.send(JSON.stringify({ type: "authenticate", token: client.as("user")[header].slice("Bearer ".length) }));
    Object.assign(answers.socket, { head, inbox: head.inbox });
    if (head.inbox) opened.push({ name: "socket", ...answers.socket, close: head.close });
  }
  await Promise.all(opened.map(async ({ name, inbox }) => {
    await inbox.wait(() => true, options.timeoutMs, client.signal);
    if (!inbox.hasBegun) return;
    answers[name].beat = await inbox.wait((message) => messageOf(message)?.type === "heartbeat", options.heartbeatMs, client.signal);
  }));
  return opened;
}

/** Lets the module read the messages of the streams. */
export async function readStreams(answers, reading) {
  const document = answers.read.snapshot ? answers.document : { headers: {}, text: "[]" };
  for (const name of ["events", "socket"]) {
    const { inbox } = answers[name] ?? {};
    if (inbox) answers[name].errors = await readMessages(document, inbox.messages, reading);
  }
}
