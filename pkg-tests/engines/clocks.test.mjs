/** F67 in each engine: devices whose clocks are wrong by hours or years, with tokens alone and with an endpoint. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, ENDPOINT, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const HOUR_MS = 3_600_000;

/** Sets the page's clock wrong. The token function returns tokens of one hour, made by the right clock, or always the first token. Runs in the page. */
async function begin({ wrongMs, endpoint, keeps }) {
  window.setClockWrong(wrongMs);
  const part = (value) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const issued = () => {
    const iat = Math.floor(window.rightTime() / 1000);
    return `${part({ alg: "none" })}.${part({ sub: "u-17", permissions: ["invoice:view", "invoice:edit"], iat, exp: iat + 3600 })}.`;
  };
  const kept = issued();
  window.given = 0;
  const token = () => {
    window.given += 1;
    return keeps ? kept : issued();
  };
  await window.begin({ token, ...(endpoint ? { endpoint } : {}) });
}

async function stage(t, { driver }, options) {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin);
  await run(driver, begin, options);
  assert.equal(Math.round((await run(driver, () => window.wrongMs())) / HOUR_MS), options.wrongMs / HOUR_MS);
  return authority;
}

forEachEngine((engine) => {
  for (const hours of [-200_000, -2, 2, 200_000]) {
    const what = `${hours < 0 ? "slow" : "fast"} by ${Math.abs(hours)} hours`;

    test(`F67 where the device's clock is ${what}, tokens that are issued as time passes are believed`, async (t) => {
      const { driver } = engine;
      await stage(t, engine, { wrongMs: hours * HOUR_MS });
      await showsOnly(driver, SHOWN);
      await assertClean(driver);
    });

    test(`F67 where the device's clock is ${what}, the endpoint's document is used at once, and the endpoint is not asked again`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, { wrongMs: hours * HOUR_MS, endpoint: ENDPOINT });
      await showsOnly(driver, SHOWN);
      assert.deepEqual([authority.asked(ENDPOINT), await run(driver, () => window.given)], [1, 1]);
      await assertClean(driver);
    });
  }

  test("F67 where the device's clock is fast by 2 hours, a token that the application returns again and again is no evidence about the clock, and grants nothing", async (t) => {
    const { driver } = engine;
    await stage(t, engine, { wrongMs: 2 * HOUR_MS, keeps: true });
    await until("the token is asked for four times", () => run(driver, () => window.given >= 4));
    await showsOnly(driver, []);
    assert.equal(await run(driver, () => window.permissions.status), "failed");
  });
});
