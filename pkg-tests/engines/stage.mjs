/** A page in an engine, and what it asks: a server that says whatever the test tells it to, or the real one. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { startServer } from "../e2e/server.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve, STRICT_POLICY } from "../support/static-server.mjs";

/** Where the page asks. */
export const ENDPOINT = "/api/me/permissions";
export const EVENTS = "/api/me/permissions/events";

/** What the told server says unless it is told otherwise. */
export const DOCUMENT = { subject: "u-17", version: 1, permissions: ["invoice:view", "invoice:edit"] };

/** What is displayed of the page with these rights. */
export const SHOWN = ["view", "edit", "both"];

/** Serves the page, and passes what is below `/api/` on to a server: all of one origin, through a proxy. */
async function startFront(t, { origin }, policy) {
  const folders = { "/": join(HERE, "engines/page"), "/permgate/": DIST, "/e2e/": join(HERE, "e2e") };
  // With `no-store` a page is never kept for the way back.
  const files = await serve(folders, { policy, headers: { "cache-control": "no-cache" } });
  const proxy = await startProxy((path) => (path.startsWith("/api/") ? origin : files.origin));
  t.after(async () => {
    await proxy.close();
    await files.close();
  });
  return proxy;
}

/**
 * Serves the page with the real server behind it, perhaps with more `switches`. It gives `origin`
 * (of page and API), the `proxy` before both, and the `server` to stop, start and freeze.
 */
export async function startReal(t, switches = []) {
  const server = await startServer(t, switches);
  const proxy = await startFront(t, server, STRICT_POLICY);
  return { origin: proxy.origin, proxy, server };
}

/**
 * Serves the page and an API that does as it is told. It gives
 * - `origin` (of page and API), and the `proxy` before both;
 * - `document`: what the endpoint says, to be changed at will;
 * - `answer(path, handler)`: another handler `(request, response, authority)` for a path of the API;
 * - `asked(path)`: how often it was asked for; `requests`: all of them, in order;
 * - `streams`: the event streams that are open; `push(event, data)` writes to all of them.
 */
export async function startAuthority(t, { policy = STRICT_POLICY } = {}) {
  const handlers = new Map();
  const requests = [];
  const streams = new Set();
  const authority = {
    origin: undefined,
    proxy: undefined,
    document: DOCUMENT,
    requests,
    streams,
    answer: (path, handler) => handlers.set(path, handler),
    asked: (path) => requests.filter((request) => request.path === path).length,
    push(event, data) {
      for (const stream of streams) stream.write(message(event, data));
    },
  };
  handlers.set(ENDPOINT, (_, response) => sendDocument(response, authority.document));
  handlers.set(EVENTS, (_, response) => openStream(response, authority));

  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, "http://localhost");
    requests.push({ path, query: Object.fromEntries(searchParams), headers: request.headers, at: performance.now() });
    const handler = handlers.get(path) ?? ((_, response) => response.writeHead(404).end());
    handler(request, response, authority);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  authority.proxy = await startFront(t, { origin: `http://127.0.0.1:${server.address().port}` }, policy);
  authority.origin = authority.proxy.origin;
  return authority;
}

/** A message of an event stream. */
export function message(event, data) {
  return `event: ${event}\n${data.version === undefined ? "" : `id: ${data.version}\n`}data: ${JSON.stringify(data)}\n\n`;
}

const versionOf = ({ version, subject }) => ({ "permissions-version": `${version};sub="${subject}"` });

export function sendDocument(response, document) {
  const headers = { "content-type": "application/json", "cache-control": "no-store", ...versionOf(document) };
  response.writeHead(200, headers).end(JSON.stringify(document));
}

/** Begins a stream as the protocol has it: with the version that is current. */
export function openStream(response, { document: { subject, version }, streams }) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(message("version", { version, subject }));
  streams.add(response);
  response.once("close", () => streams.delete(response));
}

/** Answers a long poll when there is something newer, and with 204 at the end of the wait, as the real server does. */
export async function answerPoll(request, response, authority) {
  const asked = new URL(request.url, "http://localhost").searchParams;
  const end = performance.now() + 1_000 * Number(asked.get("wait"));
  const isNewer = () => String(authority.document.version) !== asked.get("version");
  const isOver = () => response.destroyed || performance.now() >= end;
  await until("there is something newer, or the wait is over", () => isNewer() || isOver(), { deadlineMs: 600_000 });
  if (isNewer()) sendDocument(response, authority.document);
  else response.writeHead(204, versionOf(authority.document)).end();
}

/** Opens the page and waits until the package is there. */
export async function openPage(driver, origin, path = "/") {
  await driver.get(`${origin}${path}`);
  await until("the package is loaded", () => driver.executeScript("return 'ready' in document.documentElement.dataset"));
}

/** Runs a function in the page, which may be asynchronous; it sees nothing of the test but its arguments. */
export async function run(driver, body, ...args) {
  const script = `
    const done = arguments[arguments.length - 1];
    const given = [...arguments].slice(0, -1);
    Promise.resolve().then(() => (${body})(...given)).then(
      (value) => done({ value: value === undefined ? null : value }),
      (error) => done({ error: String(error && error.stack || error) }),
    );`;
  const { value, error } = await driver.executeAsyncScript(script, ...args);
  if (error !== undefined) throw new Error(`in the page: ${error}`);
  return value;
}

/** Begins an instance with these options (JSON), bound to the page. */
export const begin = (driver, options) => run(driver, (given) => window.begin(given), options);

/** Waits until exactly these elements are displayed, by their ids. */
export async function showsOnly(driver, ids) {
  const wanted = JSON.stringify(ids);
  await until(`only ${wanted} are shown`, async () => {
    const shown = JSON.stringify(await run(driver, () => window.shown()));
    if (shown !== wanted) throw new Error(`${shown} are shown`);
    return true;
  });
}

/**
 * Nothing was displayed without being granted, in no frame; nothing was thrown, and no policy broken.
 * Tabs in the background may have no frames.
 */
export async function assertClean(driver, { isSeen = true } = {}) {
  if (isSeen) await until("a frame was looked at", () => run(driver, () => watch.record.frames > 0));
  const { flashes, violations, uncaught } = await run(driver, () => ({
    flashes: watch.record.flashes,
    violations: watch.record.violations,
    uncaught: watch.uncaught,
  }));
  assert.deepEqual({ flashes, violations, uncaught }, { flashes: [], violations: [], uncaught: [] });
}

/** Closes all windows but the first, as tests with several leave them. */
export async function onlyOneWindow(driver) {
  const [first, ...others] = await driver.getAllWindowHandles();
  for (const handle of others) {
    await driver.switchTo().window(handle);
    await driver.close();
  }
  await driver.switchTo().window(first);
}
