/** Changes that the server pushes, by every transport, in one tab and in several. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { startProxy } from "../support/proxy.mjs";
import {
  assertAsDecided, assertClean, becomes, flipRight, makeKeeper, openDemo, openRecords, requestsOf, setGrant, SIGNED_OUT, signIn,
  signInAside, snapshot, statesOf, UNREACHABLE, withoutTicks,
} from "./demo.mjs";
import { call } from "./oracle.mjs";
import { startServer } from "./server.mjs";

const PERMISSIONS = "/api/me/permissions";
const EVENTS = `${PERMISSIONS}/events`;
const SOCKET = `${PERMISSIONS}/socket`;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A server, and grace's page of invoices, in which only permgate's own timers run. */
async function stage(t, mode, { path, prepare } = {}) {
  const server = await startServer(t);
  const page = await openDemo(browser, server, { path, prepare: (page) => prepared(page, prepare) });
  t.after(() => page.context().close());
  const session = await signIn(page, "grace", mode);
  const ada = await signInAside(server, "ada");
  await openRecords(page, "invoice");
  return { server, page, session, ada };
}

async function prepared(page, prepare) {
  await withoutTicks(page);
  await prepare?.(page);
}

/** Waits until the status strip shows a stream of a kind. */
function streams(page, name) {
  return until(`there is a stream by ${name}`, () => page.evaluate(streamShown).then((text) => text.startsWith(name)));
}

function streamShown() {
  return document.querySelector("[data-testid=stream]").textContent;
}

/** Holds the answers of the endpoint back; returns a function that releases them. */
async function holdDocuments(page) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(`**${PERMISSIONS}`, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

for (const mode of ["token", "cookie"]) {
  test(`a pushed revocation hides the elements of its permission before any request is answered (${mode})`, async (t) => {
    const { page, session, ada } = await stage(t, mode);
    await streams(page, "Events");
    const release = await holdDocuments(page);
    const requests = requestsOf(page);
    await setGrant(ada, "grace", "invoice:edit", "deny");

    await becomes(page, "invoice:edit", "unknown");
    assert.deepEqual(await statesOf(page, "!invoice:edit"), ["unknown"], "the negation is not unknown");
    assert.equal(await page.getByTestId("save").isVisible(), false);
    const { reason, provenance } = await page.evaluate(() => window.permgateDemo.permissions.check("invoice:edit"));
    assert.equal(reason, "revoked");
    assert.equal(provenance.source, "endpoint");
    assert.ok(await page.getByTestId("save-new").isVisible(), "the revocation hid an element of another permission");
    assert.deepEqual(requests, [`GET ${PERMISSIONS}`]);

    release();
    await becomes(page, "invoice:edit", "denied");
    await assertAsDecided(page, session);
    assert.deepEqual(requests, [`GET ${PERMISSIONS}`]);
    await assertClean(page);
  });

  for (const [way, name] of [["events", "Events"], ["socket", "Socket"], ["poll", "Long poll"]]) {
    test(`by ${way} alone, revocations and grants are shown without a click (${mode})`, async (t) => {
      const asked = [];
      const prepare = (page) => {
        for (const kind of ["request", "websocket"]) page.on(kind, (what) => asked.push(new URL(what.url())));
      };
      const { page, session, ada } = await stage(t, mode, { path: `/?push=${way}`, prepare });
      await streams(page, name);
      for (const [effect, state] of [["deny", "denied"], [null, "granted"], ["deny", "denied"]]) {
        await setGrant(ada, "grace", "invoice:edit", effect);
        await becomes(page, "invoice:edit", state);
      }
      const ways = {
        events: asked.some(({ pathname }) => pathname === EVENTS),
        socket: asked.some(({ pathname }) => pathname === SOCKET),
        poll: asked.some(({ searchParams }) => searchParams.has("wait")),
      };
      assert.deepEqual(Object.keys(ways).filter((key) => ways[key]), [way]);
      // No address has a token, since servers write addresses into logs.
      if (session.token) assert.ok(!asked.some(({ href }) => href.includes(session.token)));
      await assertAsDecided(page, session);
      await assertClean(page);
    });
  }
}

/** The ways in which a transport can fail, with the console messages. */
const BARRED = {
  missing: (route) => route.fulfill({ status: 404, body: "" }),
  broken: (route) => route.abort(),
};

for (const [how, bar] of Object.entries(BARRED)) {
  for (const [name, isSocketBarred] of [["Socket", false], ["Long poll", true]]) {
    test(`when the event stream is ${how}${isSocketBarred ? " and sockets are closed" : ""}, the page switches to ${name} by itself`, async (t) => {
      const prepare = async (page) => {
        await page.route(`**${EVENTS}`, bar);
        if (isSocketBarred) await page.routeWebSocket(`**${SOCKET}`, (socket) => socket.close({ code: 1011 }));
      };
      const { page, session, ada } = await stage(t, "token", { prepare });
      await streams(page, name);
      for (const [effect, state] of [["deny", "denied"], [null, "granted"]]) {
        await setGrant(ada, "grace", "invoice:edit", effect);
        await becomes(page, "invoice:edit", state);
      }
      await assertAsDecided(page, session);
      await assertClean(page, [UNREACHABLE, /^error: Failed to load resource: the server responded with a status of 404/]);
    });
  }
}

test("changes that were made while the server was stopped are shown by themselves when it is started again", async (t) => {
  const { server, page, session, ada } = await stage(t, "token");
  await streams(page, "Events");
  await server.kill();
  await until("the stream is closed", () => page.evaluate(streamShown).then((text) => text === "none"));
  assert.deepEqual(await statesOf(page, "invoice:edit"), ["granted"], "the fresh set does not decide any more");
  await server.start();
  await setGrant(ada, "grace", "invoice:edit", "deny");
  await becomes(page, "invoice:edit", "denied");
  await assertAsDecided(page, session);
  await assertClean(page, [UNREACHABLE]);
});

test("a session that ends at the server empties the page at once, and the user is asked to sign in", async (t) => {
  const { page, session } = await stage(t, "cookie");
  await streams(page, "Events");
  await call(session, "DELETE", "/api/session");
  await page.getByTestId("sign-in-dialog").waitFor();
  assert.deepEqual(await page.evaluate(() => window.permgateProbe.displayed()), []);
  await page.getByTestId("again-grace").click();
  await becomes(page, "invoice:edit", "granted");
  await assertClean(page, [SIGNED_OUT]);
});

/** Two tabs of the same user behind a proxy that counts requests. */
async function tabs(t, mode, username) {
  const server = await startServer(t);
  const proxy = await startProxy(server.origin);
  t.after(() => proxy.close());
  const pages = [];
  const first = await openDemo(browser, proxy, { prepare: withoutTicks });
  t.after(() => first.context().close());
  const session = await signIn(first, username, mode);
  await streams(first, "Events");
  const second = await openDemo(browser, proxy, { beside: first, prepare: withoutTicks });
  if (mode === "cookie") await second.getByTestId("shell").waitFor();
  else await signIn(second, username, mode);
  pages.push(first, second);
  const direct = { ...session, origin: server.origin };
  return { server, proxy, pages, session: direct, ada: await signInAside(server, "ada") };
}

for (const mode of ["token", "cookie"]) {
  test(`a grant reaches two tabs by one stream, which the second tab takes over when the first is closed (${mode})`, async (t) => {
    const { proxy, pages, session, ada } = await tabs(t, mode, "alan");
    await Promise.all(pages.map((page) => openOverview(page)));
    assert.equal(proxy.asked(EVENTS), 1);
    await setGrant(ada, "alan", "invoice:view", "allow");
    await Promise.all(pages.map((page) => becomes(page, "invoice:view", "granted")));
    assert.equal(proxy.asked(EVENTS), 1, "the two tabs did not share one stream");

    const [first, second] = pages;
    await first.close();
    await until("the other tab holds a stream", () => proxy.asked(EVENTS) === 2 && proxy.open(EVENTS) === 1);
    await streams(second, "Events");
    await setGrant(ada, "alan", "invoice:view", null);
    await becomes(second, "invoice:view", "denied");
    await assertAsDecided(second, session);
    await assertClean(second);
  });

  test(`signing out in one tab signs out in the other (${mode})`, async (t) => {
    const { pages: [first, second] } = await tabs(t, mode, "grace");
    await second.getByTestId("sign-out").click();
    await first.getByTestId("sign-in").waitFor();
    assert.deepEqual(await first.evaluate(() => window.permgateProbe.displayed()), []);
    assert.equal((await snapshot(first)).status, "unauthenticated");
    assert.equal(await first.getByTestId("sign-in-dialog").count(), 0, "the other tab asks for a sign-in after the sign-out");
    await assertClean(first);
    await assertClean(second);
  });
}

test("with a cookie, a sign-in in one tab signs the other in as the same user", async (t) => {
  const { server, pages: [first, second] } = await tabs(t, "cookie", "grace");
  await second.getByTestId("sign-out").click();
  await first.getByTestId("sign-in").waitFor();
  const alan = await signIn(second, "alan", "cookie");
  await first.getByTestId("who").getByText(alan.subject).waitFor();
  await until("alan's set is loaded", async () => (await snapshot(first)).subject === alan.subject);
  await assertAsDecided(first, { ...alan, origin: server.origin });
  await assertClean(first, [SIGNED_OUT]);
});

test("elements of a permission that an administrator revokes from herself in one tab disappear in her other tab", async (t) => {
  const { pages: [first, second], session, ada } = await tabs(t, "cookie", "ada");
  // With a denial she can no longer administer permissions: another user has to.
  await makeKeeper(ada, "linus");
  await openRecords(second, "invoice");
  assert.ok(await second.getByTestId("save").isVisible());
  await flipRight(first, "ada", "invoice:edit");
  await becomes(second, "invoice:edit", "denied");
  assert.equal(await second.getByTestId("save").isVisible(), false);
  await assertAsDecided(second, session);
  await assertClean(second);
});

test("`watch` closes a part of the page when its permission is revoked, and opens it again", async (t) => {
  const { page, ada } = await stage(t, "token");
  await streams(page, "Events");
  await page.evaluate(() => {
    const part = document.body.appendChild(document.createElement("section"));
    part.id = "watched";
    window.outcomes = [];
    window.permgateDemo.permissions.watch("invoice:edit", ({ outcome }) => {
      window.outcomes.push(outcome);
      part.hidden = outcome !== "granted";
    });
  });
  const isOpen = () => page.evaluate(() => !document.getElementById("watched").hidden);
  assert.equal(await isOpen(), true);
  await setGrant(ada, "grace", "invoice:edit", "deny");
  await until("the part is closed", async () => !(await isOpen()));
  await becomes(page, "invoice:edit", "denied");
  await setGrant(ada, "grace", "invoice:edit", null);
  await until("the part is open", isOpen);
  assert.deepEqual(await page.evaluate(() => window.outcomes), ["granted", "unknown", "denied", "granted"]);
  await assertClean(page);
});

function openOverview(page) {
  return page.getByTestId("overview").waitFor();
}
