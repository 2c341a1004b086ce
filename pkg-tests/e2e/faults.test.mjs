/** Bad attributes, answers and tokens: each is a clear error with a stable code, and grants nothing. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { assertAsDecided, assertClean, openDemo, signIn, snapshot } from "./demo.mjs";
import { call } from "./oracle.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A server, and a page that collects the errors of permgate in `window.errors`. */
async function stage(t, username) {
  const server = await startServer(t);
  const page = await openDemo(browser, server);
  t.after(() => page.context().close());
  const session = await signIn(page, username);
  await page.evaluate(() => {
    window.errors = [];
    window.permgateDemo.permissions.on("error", ({ code, message, element }) => {
      window.errors.push({ code, message, element: element?.id ?? null });
    });
  });
  return { server, page, session };
}

const MALFORMED = [
  { what: "two names side by side", requirement: "invoice:view invoice:edit" },
  { what: "nothing", requirement: "" },
  { what: "white space", requirement: " \t" },
  { what: "an operator without an operand", requirement: "invoice:view &" },
  { what: "a bare negation", requirement: "!" },
  { what: "an open parenthesis", requirement: "(invoice:view" },
  { what: "a closing parenthesis", requirement: "invoice:view)" },
  { what: "an open quote", requirement: '"invoice:view' },
  { what: "an unknown form", requirement: "user(ada)" },
  { what: "a control character", requirement: "invoice\u0000:view" },
  { what: "a requirement longer than the limit", requirement: `invoice:view | ${"x".repeat(5_000)}` },
  { what: "a requirement nested deeper than the limit", requirement: `${"(".repeat(50)}invoice:view${")".repeat(50)}` },
  { what: "markup with a script", requirement: "<img src=x onerror=alert(1)>" },
  { what: "a resource that is a pattern", requirement: "invoice:view", resource: "invoices/*" },
  { what: "an empty resource", requirement: "invoice:view", resource: "" },
];

test("a malformed attribute is denied and reported once, even for a user with all permissions", async (t) => {
  const { page, session } = await stage(t, "ada");
  await page.evaluate((cases) => {
    for (const [index, { requirement, resource }] of cases.entries()) {
      for (const copy of ["first", "second"]) {
        const element = document.createElement("button");
        element.id = `malformed-${index}-${copy}`;
        element.textContent = "Never to be seen";
        element.setAttribute("data-permission", requirement);
        if (resource !== undefined) element.setAttribute("data-permission-resource", resource);
        document.body.append(element);
      }
    }
  }, MALFORMED);
  const denied = () =>
    page.evaluate(() => document.querySelectorAll('[id^="malformed-"][data-permission-state=denied]').length);
  await until("all malformed elements are denied", async () => (await denied()) === MALFORMED.length * 2);
  // A new set decides again, and does not report the same mistake again.
  await page.evaluate(() => window.permgateDemo.permissions.refresh());

  const errors = await page.evaluate(() => window.errors);
  assert.deepEqual(
    errors.map(({ code, element }) => `${code} ${element}`),
    MALFORMED.map((_, index) => `malformed-requirement malformed-${index}-first`),
  );
  for (const { message } of errors) {
    assert.match(message, /^permgate: `data-permission(-resource)?="[^\n]+$/);
    assert.ok(message.length < 500, `the message has ${message.length} characters`);
  }
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll('[id^="malformed-"]')].filter((element) => element.checkVisibility()).map(({ id }) => id),
  );
  assert.deepEqual(shown, []);

  // The server has the same grammar.
  const requirements = MALFORMED.map(({ what: _, ...asked }) => asked);
  const { decisions } = await call(session, "POST", "/api/me/decisions", { requirements });
  assert.deepEqual(
    decisions.map(({ outcome, reason }) => `${outcome} ${reason}`),
    MALFORMED.map(() => "denied malformed-requirement"),
  );
  await assertAsDecided(page, session);
  await assertClean(page);
});

/** An answer with the media type JSON. */
const text = (body) => ({ contentType: "application/json", body });

/** Bad answers of the endpoint, in Playwright's terms; null for a broken connection. */
const BAD_ANSWERS = {
  "malformed-document": {
    "HTML": { contentType: "text/html", body: "<!doctype html><title>Sign in</title>" },
    "HTML with the content type of JSON": text("<!doctype html>"),
    "an empty body": text(""),
    "random bytes": text(Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x9f])),
    "truncated JSON": text('{"permissions":["invoice:view"'),
    "JSON with a second value after it": text('{"permissions":["*"]}{}'),
    "null": { json: null },
    "a number": { json: 42 },
    "a document without a set": { json: { version: 99 } },
    "a string for an array": { json: { permissions: "*" } },
    "a number among the names": { json: { permissions: ["*", 7] } },
    "a version that is a string": { json: { version: "99", permissions: ["*"] } },
    "the same key twice": text('{"permissions":[],"permissions":["*"]}'),
  },
  "subject-mismatch": { "somebody else's set": { json: { subject: "u-1", version: 99, permissions: ["*"] } } },
  "older-version": { "an older version": { json: { subject: "u-2", version: 0, permissions: ["*"] } } },
  "http-status": {
    "status 500": { status: 500, contentType: "text/plain", body: "oops" },
    "status 500 with a set": { status: 500, json: { version: 99, permissions: ["*"] } },
    "status 503": { status: 503, headers: { "Retry-After": "1" }, body: "" },
    "status 403": { status: 403, json: { title: "no" } },
    "status 404": { status: 404, body: "" },
  },
  "network": { "a broken connection": null },
};

/** The held set without its times, which are read from a clock each time. */
const withoutTimes = ({ freshUntil: _, expiresAt: __, askedAt: ___, ...held }) => held;

test("a bad answer of the endpoint is an error with a code, and the held set stays unchanged", async (t) => {
  const { page, session } = await stage(t, "grace");
  let answer;
  await page.route("**/api/me/permissions", (route) => {
    if (answer === undefined) return route.continue();
    return answer === null ? route.abort() : route.fulfill(answer);
  });
  const refresh = () =>
    page.evaluate(async () => {
      window.errors = [];
      window.permgateProbe.record.states = [];
      window.permgateProbe.phase = "bad answer";
      await window.permgateDemo.permissions.refresh();
      // In the same turn, so that neither another attempt nor a renewal of the set comes in between.
      const { permissions } = window.permgateDemo;
      return { errors: window.errors, states: window.permgateProbe.record.states, held: permissions.snapshot() };
    });

  const before = await snapshot(page);
  const cases = Object.entries(BAD_ANSWERS).flatMap(([code, answers]) =>
    Object.entries(answers).map(([what, bad]) => ({ code, what, bad })),
  );
  for (const { code, what, bad } of cases) {
    await t.test(`${what} is reported as \`${code}\`, and keeps the held set`, async () => {
      // A good answer first, so that no attempt of the previous case is due.
      answer = undefined;
      const good = await refresh();
      assert.deepEqual(good.errors, []);
      assert.equal(good.held.status, "fresh");
      answer = bad;
      const { errors, states, held } = await refresh();
      assert.deepEqual(errors.map((error) => error.code), [code]);
      assert.match(errors[0].message, /^permgate: [^\n]+[^.\n]$/);
      assert.deepEqual(states, [], "the failed load wrote states");
      assert.deepEqual(withoutTimes(held), withoutTimes(good.held));
      assert.deepEqual(withoutTimes(held), withoutTimes(before));
    });
  }
  answer = undefined;
  await refresh();
  await assertAsDecided(page, session);
  await assertClean(page, [/^error: Failed to load resource: (the server responded with a status of [45]|net::ERR_F)/]);
});

test("after a bad first answer, nothing is granted until a good answer arrives", async (t) => {
  const server = await startServer(t);
  let isBad = true;
  const prepare = (page) =>
    page.route("**/api/me/permissions", (route) =>
      isBad ? route.fulfill({ contentType: "text/html", body: "<h1>Welcome to the Wi-Fi</h1>" }) : route.continue(),
    );
  const page = await openDemo(browser, server, { prepare });
  t.after(() => page.context().close());
  const session = await signIn(page, "ada");
  await page.getByTestId("banner").waitFor();
  assert.equal((await snapshot(page)).status, "failed");
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  isBad = false;
  await until("the set is loaded by itself", async () => (await snapshot(page)).status === "fresh");
  await assertAsDecided(page, session);
  await assertClean(page, [/^warning: permgate: this is not a valid permission document/]);
});

const NO_TOKENS = ["", "not a token", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ.", "x".repeat(100_000)];

/** Tokens that name no user: permgate presumes the same user until the endpoint has refused them. */
const OPAQUE = ["not a token", "a.b.c", "x".repeat(100_000)];

for (const token of NO_TOKENS) {
  const name = token.length > 40 ? `${token.slice(0, 8)}… (${token.length})` : token;
  test(`with the token ${JSON.stringify(name)}, nothing is granted and the user is asked to sign in`, async (t) => {
    const { page, session } = await stage(t, "grace");
    const { shown, status } = await page.evaluate((token) => {
      const { permissions } = window.permgateDemo;
      permissions.setToken(token);
      return { shown: window.permgateProbe.displayed(), status: permissions.status };
    }, token);
    if (OPAQUE.includes(token)) assert.equal(status, "stale");
    else assert.deepEqual(shown, []);
    await page.getByTestId("sign-in-dialog").waitFor();
    assert.equal((await snapshot(page)).status, "unauthenticated");
    assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
    await page.getByTestId("again-grace").click();
    await until("the set is loaded", async () => (await snapshot(page)).subject === session.subject);
    await assertAsDecided(page, session);
    await assertClean(page, [/^error: Failed to load resource: the server responded with a status of 4/]);
  });
}

test("with a token that no header can carry, nothing is granted until a good token is set", async (t) => {
  const { page, session } = await stage(t, "grace");
  const shown = await page.evaluate(() => {
    window.permgateDemo.permissions.setToken("\u2603\n");
    return window.permgateProbe.displayed();
  });
  assert.deepEqual(shown, []);
  await until("the token is reported", () => page.evaluate(() => window.errors.length > 0));
  assert.deepEqual(await page.evaluate(() => window.errors.map(({ code }) => code)), ["malformed-token"]);
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  await page.evaluate((token) => window.permgateDemo.permissions.setToken(token), session.token);
  await until("the set is loaded", async () => (await snapshot(page)).status === "fresh");
  await assertAsDecided(page, session);
  await assertClean(page);
});
