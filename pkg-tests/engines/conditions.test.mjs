/** F63 in each engine: an endpoint of another origin to which conditional requests are not possible. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, DOCUMENT, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const TAG = '"1"';

/** The header names that a preflight request of an endpoint may allow. */
const ALLOWED = { all: "Authorization, If-None-Match", unconditional: "Authorization" };

/**
 * A page, and an endpoint of another origin. `preflights` are the header names that preflights asked for, `asked` says
 * of each request whether it was conditional. While `endpoint.isDown`, connections break.
 */
async function stage(t, { driver }, { allowed = ALLOWED.all, unmodified = (headers) => headers, token = null } = {}) {
  const endpoint = { preflights: [], asked: [], isDown: false };
  const server = createServer((request, response) => {
    const { method, headers } = request;
    if (endpoint.isDown) return request.socket.destroy();
    const cors = {
      "access-control-allow-origin": headers.origin,
      "access-control-expose-headers": "ETag, Permissions-Version",
      "cache-control": "no-store",
    };
    if (method === "OPTIONS") {
      endpoint.preflights.push(headers["access-control-request-headers"]);
      // A preflight response is remembered for five seconds unless it says otherwise.
      const more = { "access-control-allow-headers": allowed, "access-control-max-age": "0" };
      return response.writeHead(204, { ...cors, ...more }).end();
    }
    const isConditional = headers["if-none-match"] === TAG;
    endpoint.asked.push(isConditional);
    if (isConditional) return response.writeHead(304, unmodified({ ...cors, etag: TAG })).end();
    response.writeHead(200, { ...cors, "content-type": "application/json", etag: TAG }).end(JSON.stringify(DOCUMENT));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // Without a policy, for requests to other origins.
  const { origin } = await startAuthority(t, { policy: "" });
  await openPage(driver, origin);
  await run(driver, async (options) => {
    window.warnings = [];
    const { warn } = console;
    console.warn = (text, ...more) => {
      if (/If-None-Match/.test(text)) warnings.push(text);
      warn(text, ...more);
    };
    await window.begin(options);
    await permissions.whenReady();
    window.hidden = [];
    permissions.subscribe(() => permissions.can("invoice:edit") || window.hidden.push(permissions.status));
  }, { endpoint: `http://127.0.0.1:${server.address().port}/permissions`, ...(token === null ? {} : { token }) });
  await showsOnly(driver, SHOWN);
  return endpoint;
}

/** Refreshes `times` times; returns the value that each refresh resolved to. */
const refreshed = (driver, times) => run(driver, async (times) => {
  const all = [];
  while (all.length < times) all.push(await permissions.refresh());
  return all;
}, times);

/** The page's record: statuses in which the permission to edit was not granted, the number of warnings, and errors except that of the page's malformed element. */
const recorded = (driver) => run(driver, () => ({
  hidden: window.hidden,
  warnings: window.warnings.length,
  errors: watch.events.filter(({ name }) => name === "error").map(({ detail }) => detail).filter((code) => code !== "malformed-requirement"),
}));

const CONDITIONAL = /if-none-match/i;

forEachEngine((engine) => {
  for (const [what, token] of [["a token", "opaque"], ["no token", null]]) {
    test(`F63 an endpoint that does not allow \`If-None-Match\` gets no conditional requests from then on, and one warning says so (with ${what})`, async (t) => {
      const { driver } = engine;
      const endpoint = await stage(t, engine, { allowed: ALLOWED.unconditional, token });
      assert.deepEqual(await refreshed(driver, 3), ["fresh", "fresh", "fresh"]);
      assert.deepEqual(endpoint.asked, [false, false, false, false]);
      assert.equal(endpoint.preflights.filter((names) => CONDITIONAL.test(names)).length, 1);
      assert.deepEqual(await recorded(driver), { hidden: [], warnings: 1, errors: [] });
      await assertClean(driver);
    });
  }

  test("F63 an endpoint whose 304 does not allow the page's origin gets no conditional requests from then on, and one warning says so", async (t) => {
    const { driver } = engine;
    const endpoint = await stage(t, engine, { unmodified: ({ etag }) => ({ etag }) });
    assert.deepEqual(await refreshed(driver, 3), ["fresh", "fresh", "fresh"]);
    assert.deepEqual(endpoint.asked, [false, true, false, false, false]);
    assert.deepEqual(await recorded(driver), { hidden: [], warnings: 1, errors: [] });
    await assertClean(driver);
  });

  test("an endpoint of another origin that allows conditional requests answers 304, and there is no warning", async (t) => {
    const { driver } = engine;
    const endpoint = await stage(t, engine);
    assert.deepEqual(await refreshed(driver, 2), ["fresh", "fresh"]);
    assert.deepEqual(endpoint.asked, [false, true, true]);
    assert.deepEqual(await recorded(driver), { hidden: [], warnings: 0, errors: [] });
    await assertClean(driver);
  });

  test("F63 an endpoint of another origin that was down gets conditional requests again, and there is no warning about them", async (t) => {
    const { driver } = engine;
    const endpoint = await stage(t, engine);
    endpoint.isDown = true;
    assert.deepEqual(await refreshed(driver, 1), ["failed"]);
    endpoint.isDown = false;
    assert.deepEqual(await refreshed(driver, 1), ["fresh"]);
    // The session also tries again by itself, perhaps before that.
    assert.ok([1, 2].some((times) => isDeepStrictEqual(endpoint.asked, [false, ...Array(times).fill(true)])), `requests were conditional: ${endpoint.asked}`);
    assert.deepEqual(await recorded(driver), { hidden: [], warnings: 0, errors: ["network"] });
    await assertClean(driver);
  });
});
