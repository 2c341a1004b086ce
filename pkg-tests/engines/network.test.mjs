/** F33: networks that fail and come back, and browsers that are wrong about them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { GRACE, GRACE_VIEWS, OPTIONS, signIn, stageReal } from "./real.mjs";
import { assertClean, begin, ENDPOINT, EVENTS, run, showsOnly } from "./stage.mjs";

async function stage(t, { driver }, options = {}) {
  const real = await stageReal(t);
  await signIn(driver, real);
  await begin(driver, { ...OPTIONS, ...options });
  await showsOnly(driver, GRACE);
  await until("the stream is open", () => real.proxy.open(EVENTS) === 1);
  return real;
}

/** Sets the browser offline or online. WebKitGTK's driver cannot. */
const SWITCHES = {
  async chromium(driver, isOffline) {
    await driver.setNetworkConditions({ offline: isOffline, latency: 0, download_throughput: -1, upload_throughput: -1 });
  },
  async firefox(driver, isOffline) {
    await driver.setContext("chrome");
    await driver.executeScript("Services.io.offline = arguments[0]", isOffline);
    await driver.setContext("content");
  },
};

forEachEngine((engine) => {
  test("F33 without a network the page keeps a fresh set, and gets changes when the network is back", async (t) => {
    const { driver } = engine;
    const real = await stage(t, engine);
    await real.proxy.cut();
    await until("the page noticed that its stream closed", () => run(driver, () => watch.activities.some(({ kind, what }) => kind === "stream" && what === "closed")));
    await real.forbid();
    assert.deepEqual(await run(driver, () => shown()), GRACE);
    await real.proxy.restore();
    await showsOnly(driver, GRACE_VIEWS);
    await until("there is one stream", () => real.proxy.open(EVENTS) === 1);
    await assertClean(driver);
  });

  test("F33 false `online` and `offline` events stop nothing and start no storm of requests", async (t) => {
    const { driver } = engine;
    const real = await stage(t, engine);
    const asked = real.proxy.asked(ENDPOINT);
    await run(driver, () => {
      for (let times = 0; times < 100; times += 1) {
        dispatchEvent(new Event("offline"));
        dispatchEvent(new Event("online"));
      }
      // The last event is `offline`, although the network is there.
      dispatchEvent(new Event("offline"));
      Object.defineProperty(navigator, "onLine", { get: () => false });
    });
    await real.forbid();
    await showsOnly(driver, GRACE_VIEWS);
    const questions = real.proxy.asked(ENDPOINT) - asked;
    assert.ok(questions <= 5, `the document was requested ${questions} times`);
    assert.equal(real.proxy.open(EVENTS), 1);
    await assertClean(driver);
  });

  test("F33 all pages connect to a restarted server again", async (t) => {
    const { driver } = engine;
    const real = await stage(t, engine);
    await real.server.kill();
    await until("the page noticed that its stream closed", () => run(driver, () => watch.activities.some(({ kind, what }) => kind === "stream" && what === "closed")));
    assert.deepEqual(await run(driver, () => shown()), GRACE);
    await real.server.start();
    await real.forbid();
    await showsOnly(driver, GRACE_VIEWS);
    await until("there is one stream", () => real.proxy.open(EVENTS) === 1);
    await assertClean(driver);
  });

  const setOffline = SWITCHES[engine.name];
  if (setOffline === undefined) return;

  test("F33 a page gets changes after its browser was offline", async (t) => {
    const { driver } = engine;
    const real = await stage(t, engine);
    t.after(() => setOffline(driver, false));
    await setOffline(driver, true);
    // Firefox still reaches this machine when it is offline.
    await real.proxy.cut();
    await until("the page got the `offline` event", () => run(driver, () => watch.events.some(({ name }) => name === "offline")));
    await until("requests fail", () => run(driver, () => fetch("/api/session").then(() => false, () => true)));
    await real.forbid();
    assert.ok((await run(driver, () => shown())).includes("view"));
    await real.proxy.restore();
    await setOffline(driver, false);
    await showsOnly(driver, GRACE_VIEWS);
    await until("there is one stream", () => real.proxy.open(EVENTS) === 1);
    await assertClean(driver);
  });
});
