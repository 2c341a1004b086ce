/** F47: an element that the server revokes by a stream is hidden within a frame, and can no longer be clicked. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Button, Key } from "selenium-webdriver";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { token } from "../support/jwt.mjs";
import { assertClean, begin, ENDPOINT, EVENTS, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const REVOKED = { version: 2, subject: "u-17", permissions: ["invoice:edit"] };

/** With a cookie, the browser reads the stream; with a token, permgate does. */
const READERS = [
  { reader: "EventSource", options: {} },
  { reader: "fetch", options: { token: token({ sub: "u-17" }) } },
];

async function stage(t, { driver }, options) {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin);
  await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS }, ...options });
  await showsOnly(driver, SHOWN);
  await until("the stream is open", () => authority.streams.size === 1);
  await until("its first message was read", () => run(driver, () => watch.activities.some(({ kind }) => kind === "message")));
  return authority;
}

/** Revokes the permission to edit. The request for the new set gets no answer: the elements are hidden without it. */
function revoke(authority) {
  authority.answer(ENDPOINT, () => undefined);
  authority.push("revoked", REVOKED);
}

const hidden = (driver) => until("the revoked element is hidden", async () => !(await run(driver, () => shown())).includes("edit"));

forEachEngine((engine) => {
  for (const { reader, options } of READERS) {
    test(`F47 a revoked element is hidden in the next frame, and its negation is not shown (${reader})`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, options);
      revoke(authority);
      await hidden(driver);
      // The new set is not known yet, so the permission is unknown and not denied.
      assert.deepEqual(await run(driver, () => shown()), ["view"]);
      assert.equal(await run(driver, () => permissions.check("invoice:edit").reason), "revoked");
      await until("the frame was shown", () => run(driver, () => watch.activities.some(({ kind, what }) => kind === "frame" && what === "revoked")));
      const seen = await run(driver, () => watch.activities.find(({ kind, what }) => kind === "frame" && what === "revoked"));
      assert.deepEqual(seen.shown, ["view"]);
      await assertClean(driver);
    });
  }

  test("F47 after the stream announced a new version, the endpoint is asked, and the page shows its answer", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, {});
    authority.document = { ...authority.document, version: 2, permissions: ["invoice:view", "invoice:delete"] };
    authority.push("version", { version: 2, subject: "u-17" });
    await showsOnly(driver, ["view", "delete", "not"]);
    assert.equal(authority.asked(ENDPOINT), 2);
    await assertClean(driver);
  });

  test("F47 a click on a button that was hidden under the pointer does nothing", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, {});
    const button = await driver.findElement({ id: "edit" });
    await driver.actions().move({ origin: button }).click().perform();
    assert.deepEqual(await run(driver, () => watch.clicks), ["edit"], "the granted button does not react to a click");

    await driver.actions().move({ origin: button }).press(Button.LEFT).perform();
    revoke(authority);
    await hidden(driver);
    await driver.actions().release(Button.LEFT).perform();
    await driver.actions().click().perform();
    const clicks = await run(driver, () => watch.clicks);
    assert.deepEqual(clicks.filter((id) => id === "edit"), ["edit"], `clicks on ${clicks}`);
    await assertClean(driver);
  });

  test("F47 a key on a button that was hidden under the focus does nothing", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, {});
    await run(driver, () => document.querySelector("#edit").focus());
    await driver.actions().sendKeys(Key.ENTER).perform();
    assert.deepEqual(await run(driver, () => watch.clicks), ["edit"], "the granted button does not react to a key");
    revoke(authority);
    await hidden(driver);
    await driver.actions().sendKeys(Key.ENTER).perform();
    await driver.actions().sendKeys(Key.SPACE).perform();
    assert.deepEqual(await run(driver, () => watch.clicks), ["edit"]);
    await assertClean(driver);
  });

  test("after the stream announced the end of the session, the page is emptied once the endpoint has confirmed it", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, {});
    authority.answer(ENDPOINT, (_, response) => response.writeHead(401).end());
    authority.answer(EVENTS, (_, response) => response.writeHead(401).end());
    const asked = authority.asked(EVENTS);
    authority.push("session-revoked", {});
    for (const stream of authority.streams) stream.end();
    await showsOnly(driver, []);
    await until("nobody is signed in", () => run(driver, () => permissions.status === "unauthenticated"));
    assert.ok(authority.asked(EVENTS) <= asked + 1, "the stream is requested again and again");
    await assertClean(driver);
  });
});
