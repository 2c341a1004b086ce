/** F63: endpoints of another origin that refuse `If-None-Match`, as a browser refuses it: the request fails without a reason. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { CONDITION_IS_REFUSED } from "../../tests/sentences.mjs";
import { createPermissions } from "../dist/node.js";
import { atEnd } from "./opened.mjs";

const ENDPOINT = "https://api.example/permissions";
const PAGE = "https://page.example";

/** A set with an entity tag, which makes the next request conditional. */
function tagged(version) {
  const body = JSON.stringify({ subject: "u-1", version, permissions: ["a"] });
  return new Response(body, { headers: { "Content-Type": "application/json", ETag: '"1"' } });
}

/**
 * A page of this origin whose set is loaded. `sent` has for each request whether it was conditional, and `warnings` the
 * console's warnings about that. `answer` gets whether the request is conditional, its number, and its signal.
 */
async function page(origin, answer) {
  const { fetch } = globalThis;
  const { warn } = console;
  const sent = [];
  const warnings = [];
  globalThis.origin = origin;
  console.warn = (text) => void (/refuses `If-None-Match`/.test(text) && warnings.push(text));
  globalThis.fetch = async ({ headers, signal }) => {
    const isConditional = headers.has("If-None-Match");
    sent.push(isConditional);
    return answer(isConditional, sent.length, signal);
  };
  atEnd(() => {
    globalThis.fetch = fetch;
    console.warn = warn;
    delete globalThis.origin;
  });
  const permissions = await createPermissions({ endpoint: ENDPOINT, credentials: "omit" });
  atEnd(() => permissions.dispose());
  await permissions.whenReady();
  return { permissions, sent, warnings };
}

const failure = () => Promise.reject(new TypeError("Failed to fetch"));
const refusing = (isConditional) => (isConditional ? failure() : tagged(1));

test("F63 an endpoint of another origin that refuses conditional requests gets none from then on, and one warning says so", async () => {
  const { permissions, sent, warnings } = await page(PAGE, refusing);
  for (let times = 0; times < 3; times += 1) assert.equal(await permissions.refresh(), "fresh");
  assert.deepEqual(sent, [false, true, false, false, false]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], CONDITION_IS_REFUSED);
});

test("F63 an endpoint of the page's own origin is not asked again without a condition after a failed conditional request", async () => {
  for (const origin of [new URL(ENDPOINT).origin, undefined]) {
    const { permissions, sent, warnings } = await page(origin, refusing);
    assert.equal(await permissions.refresh(), "failed");
    assert.deepEqual([sent, warnings], [[false, true], []]);
  }
});

test("F63 a request without a condition that fails is not sent again", async () => {
  const { permissions, sent } = await page(PAGE, failure);
  assert.deepEqual([permissions.status, sent], ["failed", [false]]);
});

test("F63 where the request without a condition fails, too, the next request is conditional again", async () => {
  let isDown = true;
  const { permissions, sent, warnings } = await page(PAGE, (isConditional, count) => (isDown && count > 1 ? failure() : isConditional ? new Response(null, { status: 304 }) : tagged(1)));
  assert.equal(await permissions.refresh(), "failed");
  isDown = false;
  assert.equal(await permissions.refresh(), "fresh");
  assert.deepEqual([sent, warnings], [[false, true, false, true], []]);
});

test("F63 a conditional request that was aborted is not sent again without its condition", async () => {
  let resolveAsked;
  const isAsked = new Promise((resolve) => (resolveAsked = resolve));
  const until = (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      resolveAsked();
    });
  const { permissions, sent } = await page(PAGE, (isConditional, _, signal) => (isConditional ? until(signal) : tagged(1)));
  void permissions.refresh();
  await isAsked;
  permissions.signOut();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(sent, [false, true]);
});
