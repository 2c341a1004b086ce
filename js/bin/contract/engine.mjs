/** Lets the module itself read the server's documents, headers and messages of streams. */

import { createPermissions } from "permgate";
import { UsageError } from "../usage-error.mjs";

/** The module's endpoint; nothing is sent there, since `fetch` is replaced meanwhile. */
const ENDPOINT = "http://permgate.invalid/permissions";
const EVENTS = "http://permgate.invalid/events";

/** The longest message that the module reads, in bytes. */
const MAX_MESSAGE = 64 * 1024;

/** How long the module may take to read a local answer, in milliseconds. */
const LIMIT_MS = 10_000;

/**
 * Gives the module a document. Returns the `error` that the module reports, or the `snapshot` and which of `names` are
 * `granted`, on every resource or on some.
 */
export async function readDocument({ headers, text }, reading, names = []) {
  return withModule(reading, {}, () => answer({ headers, text }), async (permissions, errors) => {
    const status = await permissions.whenReady();
    if (status !== "fresh") return { error: plain(errors[0]?.message ?? `the set is ${status}`) };
    const snapshot = permissions.snapshot();
    return { snapshot, granted: names.filter((name) => permissions.canSomewhere(quoted(name))) };
  });
}

/** Gives the module messages `{ kind, data }` after a document; returns the errors that it reports about them. */
export async function readMessages(document, messages, reading) {
  // The module gives up such a stream without naming the message.
  if (messages.some(({ data }) => Buffer.byteLength(data) > MAX_MESSAGE)) return ["a message is longer than 64 KiB; send `version` instead, which means no less"];
  const text = messages.map(({ kind, data }) => `event: ${kind}\n${data.split("\n").map((line) => `data: ${line}\n`).join("")}\n`).join("");
  // The last message shows that all messages before it were read.
  const stream = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(`${text}event: session-revoked\ndata: {}\n\n`)) }), { headers: { "content-type": "text/event-stream" } });
  const expectedEnds = messages.filter(({ kind }) => kind === "session-revoked").length + 1;
  return withModule(reading, { push: { events: EVENTS } }, (url) => (url === EVENTS ? stream() : answer(document)), async (permissions, errors) => {
    let ends = 0;
    const isRead = await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), LIMIT_MS);
      permissions.on("activity", ({ kind, what }) => {
        if (kind !== "message" || what !== "session-revoked" || ++ends < expectedEnds) return;
        clearTimeout(timer);
        resolve(true);
      });
    });
    const problems = errors.map(({ message }) => plain(message));
    return isRead || problems.length > 0 ? problems : ["the module did not read the stream to its end"];
  });
}

function answer({ headers, text }) {
  return new Response(text, { headers: { "content-type": headers["content-type"] ?? "application/json" } });
}

/** An instance whose requests are answered here, while `use` runs. */
async function withModule(reading, options, respond, use) {
  const { fetch } = globalThis;
  globalThis.fetch = async (input) => respond(String(input.url ?? input));
  let permissions;
  try {
    try {
      permissions = await createPermissions({ endpoint: ENDPOINT, headers: () => ({}), tabs: false, ...reading, ...options });
    } catch (error) {
      // A page with these options would be refused too.
      throw new UsageError(`\`--options\`: ${plain(error.message)}`);
    }
    const errors = [];
    permissions.on("error", (error) => errors.push(error));
    return await use(permissions, errors);
  } finally {
    globalThis.fetch = fetch;
    permissions?.dispose();
  }
}

function plain(message) {
  return message.replace(/^permgate: /, "");
}

/** A name as a requirement, in quotes, since names may hold operators. */
function quoted(name) {
  return `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
