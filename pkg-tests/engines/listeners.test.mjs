/** F49: listeners that call the instance, throw or dispose of it, while messages of streams and other tabs arrive. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { begin, ENDPOINT, EVENTS, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const NAMES = ["change", "status", "error", "activity"];

async function stage(t, { driver }) {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin);
  await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS } });
  await showsOnly(driver, SHOWN);
  await until("the stream is open", () => authority.streams.size === 1);
  return authority;
}

/** The server pushes that the permission to edit is revoked. */
function revoke(authority) {
  authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
  authority.push("revoked", { version: 2, subject: "u-17", permissions: ["invoice:edit"] });
}

forEachEngine((engine) => {
  test("F49 a listener that throws is reported, and all others are called", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    await run(
      driver,
      (names) => {
        window.told = [];
        window.logged = [];
        console.error = (error) => window.logged.push(error.code);
        for (const name of names) {
          permissions.on(name, () => {
            throw new Error(`a listener of ${name}`);
          });
          permissions.on(name, () => window.told.push(name));
        }
      },
      NAMES,
    );
    revoke(authority);
    await showsOnly(driver, ["view", "not"]);
    const { told, logged, uncaught } = await run(driver, () => ({ told, logged, uncaught: watch.uncaught }));
    for (const name of ["change", "activity"]) assert.ok(told.includes(name), `the other listener of \`${name}\` was not called`);
    assert.deepEqual(logged, told.map(() => "listener"));
    assert.deepEqual(uncaught, []);
    assert.equal(authority.streams.size, 1);
  });

  test("F49 a listener that calls the instance gets answers from the new set, and in the end the page shows that set", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    await run(
      driver,
      (names) => {
        window.answers = [];
        let calls = 0;
        for (const name of names) {
          permissions.on(name, () => {
            window.answers.push([permissions.can("invoice:edit"), permissions.can("!invoice:edit")]);
            // Bounded: each call causes further events, without end.
            if ((calls += 1) > 20) return;
            void permissions.refresh();
            permissions.invalidate();
            permissions.snapshot();
            window.binding.refresh();
          });
        }
      },
      NAMES,
    );
    revoke(authority);
    await showsOnly(driver, ["view", "not"]);
    const answers = await run(driver, () => window.answers);
    assert.ok(answers.length > 0, "no listener was called");
    assert.deepEqual(answers.filter(([edit]) => edit), [], "a listener got the answer that the revoked permission is granted");
    assert.deepEqual(await run(driver, () => watch.uncaught), []);
  });

  for (const name of ["change", "activity"]) {
    test(`F49 a listener of \`${name}\` may dispose of the instance: nothing is requested, granted or thrown afterwards`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine);
      await run(driver, (name) => permissions.on(name, () => permissions.dispose()), name);
      revoke(authority);
      await until("the stream is closed", () => authority.streams.size === 0);
      const asked = authority.requests.length;
      const answers = await run(driver, () => [permissions.can("invoice:view"), permissions.can("!invoice:view")]);
      assert.deepEqual(answers, [false, false]);
      await run(driver, () => {
        dispatchEvent(new Event("online"));
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      });
      assert.ok(authority.requests.length <= asked + 1, "the instance still sends requests");
      assert.deepEqual(await run(driver, () => watch.uncaught), []);
    });
  }
});
