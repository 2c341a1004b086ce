/** F26: answers of servers and proxies that are not streams. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { token } from "../support/jwt.mjs";
import {
  answerPoll, assertClean, begin, ENDPOINT, EVENTS, openPage, openStream, run, SHOWN, showsOnly, startAuthority,
} from "./stage.mjs";

const POLL = "/api/me/permissions/poll";
const REDIRECTED = "/api/elsewhere";

/** With a cookie, the browser reads the stream; with a token, permgate does. */
const READERS = [
  { reader: "EventSource", options: {} },
  { reader: "fetch", options: { token: token({ sub: "u-17" }) } },
];

const answer = (status, headers = {}, body = "") => (_, response) => response.writeHead(status, headers).end(body);
const HTML = { "content-type": "text/html; charset=utf-8" };
const STREAM = { "content-type": "text/event-stream" };

/** Answers after which no stream can be expected from the same address. */
const HOPELESS = [
  { what: "204", handler: answer(204) },
  { what: "404", handler: answer(404, HTML, "<h1>not found</h1>") },
  { what: "a page with 200", handler: answer(200, HTML, "<h1>Sign in</h1>") },
  { what: "JSON with 200", handler: answer(200, { "content-type": "application/json" }, "{}") },
  { what: "200 without a content type", handler: answer(200, {}, "data: 1\n\n") },
  { what: "a redirect to a page", handler: answer(302, { location: REDIRECTED }) },
  { what: "an empty stream", handler: answer(200, STREAM) },
];

/** Temporary failures. */
const PASSING = [
  { what: "500", handler: answer(500, HTML, "<h1>oops</h1>") },
  { what: "503", handler: answer(503, { "retry-after": "1" }) },
  { what: "429", handler: answer(429, { "retry-after": "1" }) },
  { what: "a broken connection", handler: (request) => request.socket.destroy() },
];

/** The most requests for a stream that is always refused, during a test. */
const FEW = 4;

async function stage(t, { driver }, options, handler) {
  const authority = await startAuthority(t);
  authority.answer(REDIRECTED, answer(200, HTML, "<h1>Sign in</h1>"));
  authority.answer(EVENTS, handler);
  authority.answer(POLL, answerPoll);
  await openPage(driver, authority.origin);
  await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS, poll: POLL }, ...options });
  await showsOnly(driver, SHOWN);
  return authority;
}

function revoke(authority) {
  authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
}

forEachEngine((engine) => {
  for (const { reader, options } of READERS) {
    test(`F26 after an answer that is not a stream, the next transport is used, and the page keeps its elements (${reader})`, async (t) => {
      const { driver } = engine;
      for (const { what, handler } of HOPELESS) {
        const authority = await stage(t, engine, options, handler);
        await until(`${what}: the next transport is used`, () => authority.asked(POLL) > 0);
        assert.deepEqual(await run(driver, () => shown()), SHOWN, what);
        revoke(authority);
        await showsOnly(driver, ["view", "not"]);
        assert.ok(authority.asked(EVENTS) <= FEW, `${what}: the stream was asked for ${authority.asked(EVENTS)} times`);
        assert.ok(authority.asked(ENDPOINT) <= 3, `${what}: the document was asked for ${authority.asked(ENDPOINT)} times`);
        await assertClean(driver);
      }
    });

    test(`F26 after a temporary failure, the stream is requested again, and the page keeps its elements (${reader})`, async (t) => {
      const { driver } = engine;
      for (const { what, handler } of PASSING) {
        const authority = await stage(t, engine, options, handler);
        await until(`${what}: the stream was refused`, () => authority.asked(EVENTS) >= 1);
        authority.answer(EVENTS, (_, response) => openStream(response, authority));
        await until(`${what}: the stream is open`, () => authority.streams.size === 1);
        assert.deepEqual(await run(driver, () => shown()), SHOWN, what);
        revoke(authority);
        authority.push("version", { version: 2, subject: "u-17" });
        await showsOnly(driver, ["view", "not"]);
        await assertClean(driver);
      }
    });

    for (const status of [401, 403]) {
      test(`F26 after the stream answered ${status}, the endpoint is asked, and its answer decides (${reader})`, async (t) => {
        const { driver } = engine;
        const authority = await stage(t, engine, options, answer(status));
        await until("the endpoint was asked again", () => authority.asked(ENDPOINT) >= 2);
        await until("the stream was asked for again", () => authority.asked(EVENTS) >= 3);
        assert.deepEqual(await run(driver, () => [permissions.status, shown()]), ["fresh", SHOWN]);
        const { asked } = authority;
        assert.ok(asked(ENDPOINT) <= asked(EVENTS) + 1, `${asked(ENDPOINT)} requests to the endpoint for ${asked(EVENTS)} refused streams`);
        await assertClean(driver);
      });
    }

    test(`F26 after 401 from stream and endpoint, the status is \`unauthenticated\`, and nothing more is requested (${reader})`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, options, (_, response, authority) => openStream(response, authority));
      await until("the stream is open", () => authority.streams.size === 1);
      authority.answer(ENDPOINT, answer(401));
      authority.answer(EVENTS, answer(401));
      for (const stream of authority.streams) stream.end();
      await showsOnly(driver, []);
      await until("nobody is signed in", () => run(driver, () => permissions.status === "unauthenticated"));
      assert.ok(authority.asked(EVENTS) <= FEW && authority.asked(POLL) === 0);
      await assertClean(driver);
    });
  }
});
