/** F22: pages that come back from the back/forward cache, or from being frozen. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, begin, ENDPOINT, EVENTS, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

/**
 * A time to live that is soon over, and no stale time after that. The page is left before: Firefox does
 * not keep a page that is left while it loads something.
 */
const SHORT = { endpoint: ENDPOINT, ttlMs: 3_000, staleMs: 0 };
const LONG = { endpoint: ENDPOINT, ttlMs: 600_000 };

/** The clocks of browsers are coarse, against attacks that measure time. */
const COARSE_MS = 100;

/** A set that was requested less long ago is not requested again when the page becomes visible. */
const RECENT_MS = 5_000;

/** The least number of frames to look at. */
const FRAMES = 5;

async function stage(t, { driver }, options) {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin);
  await begin(driver, options);
  await showsOnly(driver, SHOWN);
  // The chunk of misspelt names is the last that a page loads: the chunk of modes, which it loads when it is idle, asks for it.
  await until("the last chunk is loaded", () => run(driver, () => performance.getEntriesByType("resource").some(({ name }) => name.includes("misspelt"))));
  await run(driver, () => (window.isKept = true));
  return authority;
}

/** Navigates to another page. */
const leave = (driver, { origin }) => driver.get(`${origin}/elsewhere.html`);

/** Waits until everything that was loaded so far has expired. */
async function runsOut() {
  const now = Date.now();
  await until("the set has run out", () => Date.now() > now + SHORT.ttlMs + COARSE_MS);
}

/** Goes back to the page that was left, checks that it was not loaded anew, and returns the elements that its first frames showed. */
async function comeBack(driver) {
  await driver.navigate().back();
  assert.ok(await isKept(driver), "the page was loaded anew");
  await until("some frames were shown", () => run(driver, (least) => watch.back.length >= least, FRAMES));
  return run(driver, () => watch.back);
}

const isKept = (driver) => run(driver, () => window.isKept === true);

function assertFrames(frames, expected) {
  assert.deepEqual(frames, frames.map(() => expected));
}

forEachEngine((engine) => {
  const { name } = engine;

  test("F22 elements of a set that expired in the back/forward cache are hidden before the page is visible again", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, SHORT);
    await leave(driver, authority);
    // No request is answered, so that no answer hides the elements.
    authority.proxy.stall(ENDPOINT);
    await runsOut();
    assertFrames(await comeBack(driver), []);
    const answers = await run(driver, () => [permissions.can("invoice:view"), permissions.can("!invoice:view")]);
    assert.deepEqual(answers, [false, false]);
    authority.proxy.flow();
    await showsOnly(driver, SHOWN);
    await assertClean(driver);
  });

  test("F22 after the back/forward cache, a set that is still valid is used at once, and the endpoint is asked for changes", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, LONG);
    await leave(driver, authority);
    authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
    authority.proxy.stall(ENDPOINT);
    const now = Date.now();
    await until("the set is no longer a recent one", () => Date.now() > now + RECENT_MS);
    assertFrames(await comeBack(driver), SHOWN);
    authority.proxy.flow();
    await showsOnly(driver, ["view", "not"]);
    await assertClean(driver);
  });

  test("F22 a page of one user that comes back when another is signed in changes to that user with the endpoint's answer", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, LONG);
    await leave(driver, authority);
    authority.document = { subject: "u-18", version: 1, permissions: ["invoice:delete"] };
    await driver.navigate().back();
    assert.ok(await isKept(driver), "the page was loaded anew");
    await showsOnly(driver, ["delete", "not"]);
    assert.equal(await run(driver, () => permissions.snapshot().subject), "u-18");
    await assertClean(driver);
  });

  test("F22 a page with a stream enters the back/forward cache without it, and gets the changes that it missed", async (t) => {
    const { driver } = engine;
    const options = { ...LONG, push: { events: EVENTS } };
    const authority = await stage(t, engine, options);
    await until("the stream is open", () => authority.streams.size === 1);
    await leave(driver, authority);
    await until("the stream is closed", () => authority.streams.size === 0);
    authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
    authority.push("revoked", { version: 2, subject: "u-17", permissions: ["invoice:edit"] });
    await driver.navigate().back();
    if (!(await isKept(driver))) {
      // Firefox keeps no page that had a stream, even a closed one.
      assert.equal(name, "firefox", "the page was loaded anew");
      await openPage(driver, authority.origin);
      await begin(driver, options);
    }
    await showsOnly(driver, ["view", "not"]);
    await until("the stream is open again", () => authority.streams.size === 1);
    await assertClean(driver);
  });

  if (name !== "chromium") return;

  // Only this driver can freeze a page.
  const setFrozen = (driver, isFrozen) =>
    driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: isFrozen ? "frozen" : "active" });

  test("F22 elements of a set that expired while the page was frozen are hidden before the page is visible again", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { ...SHORT, push: { events: EVENTS } });
    await setFrozen(driver, true);
    authority.proxy.stall(ENDPOINT);
    await runsOut();
    await setFrozen(driver, false);
    await until("some frames were shown", () => run(driver, (least) => watch.back.length >= least, FRAMES));
    assertFrames(await run(driver, () => watch.back), []);
    authority.proxy.flow();
    await showsOnly(driver, SHOWN);
    await until("the stream is open again", () => authority.streams.size === 1);
    await assertClean(driver);
  });
});
