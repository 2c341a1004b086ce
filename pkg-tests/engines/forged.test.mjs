/** F36: forged messages between tabs can only take permissions away. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, begin, ENDPOINT, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

/** The most requests that all forged messages together may cause. */
const FEW = 20;

const about = (type, more) => JSON.stringify({ type, subject: "u-17", ...more });

const FORGED = [
  "", "null", "{", "[]", "1e999", '{"type":1}', '{"type":"__proto__","subject":"u-17"}', "\u0000", "[".repeat(100_000), "x".repeat(1_000_000),
  about("granted", { permissions: ["invoice:delete"] }),
  about("document", { version: 3, permissions: ["invoice:delete"] }),
  about("version", { version: 2, permissions: ["invoice:delete"] }),
  about("version", { version: -1 }),
  about("version", { version: "3" }),
  about("version", { version: 9_007_199_254_740_991 }),
  about("revoked", { version: 9_007_199_254_740_991, permissions: ["invoice:view"] }),
  about("revoked", { permissions: ["*"] }),
  about("revoked", { permissions: Array(5_000).fill("invoice:view") }),
  about("alive"), about("hello"), about("invalidated"),
  JSON.stringify({ type: "revoked", subject: "u-18", permissions: ["invoice:view"] }),
];

/** Sends a message as another tab would. */
const say = (driver, messages) =>
  run(
    driver,
    (endpoint, messages) => {
      const channel = new BroadcastChannel(`permgate ${new URL(endpoint, location.href)}`);
      for (const message of messages) channel.postMessage(message);
      // Also values that are not texts.
      for (const message of [null, undefined, 1, { type: "granted" }, new ArrayBuffer(8)]) channel.postMessage(message);
      channel.close();
    },
    ENDPOINT,
    messages,
  );

forEachEngine((engine) => {
  test("F36 forged messages between tabs grant nothing, and in the end the page shows the endpoint's permissions", async (t) => {
    const authority = await startAuthority(t);
    const { driver } = engine;
    await openPage(driver, authority.origin);
    await begin(driver, { endpoint: ENDPOINT });
    await showsOnly(driver, SHOWN);

    await say(driver, [about("invalidated")]);
    await until("the page reacts to a well-formed message of another tab", () => authority.asked(ENDPOINT) === 2);
    await say(driver, FORGED);
    await until("the page has got the last forged message", () => run(driver, () => watch.activities.filter(({ kind, what }) => kind === "tab" && what === "invalidated").length >= 2));
    await showsOnly(driver, SHOWN);
    const granted = await run(driver, () => watch.events.filter(({ shown }) => shown.includes("delete")));
    assert.deepEqual(granted, []);
    assert.ok(authority.asked(ENDPOINT) <= FEW, `the endpoint was asked ${authority.asked(ENDPOINT)} times`);
    await assertClean(driver);
  });
});
