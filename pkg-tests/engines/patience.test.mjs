/** F27, F28, F35: streams and tabs that stay silent. All tests start together, since each waits for a long time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import {
  answerPoll, assertClean, begin, ENDPOINT, EVENTS, onlyOneWindow, openPage, openStream, run, SHOWN, showsOnly, startAuthority,
} from "./stage.mjs";

const HALF_OPEN = "/api/half-open/events";
const BUFFERED = "/api/buffered/events";
const POLL = "/api/poll";
const HANG = "/api/hang";

/** A stream is given up after 35 s of silence, a leading tab after 45 s; machines may be slow. */
const PATIENCE = { deadlineMs: 90_000 };

/** Instances on one page beside the bound one, each with a transport of its own. */
async function beginMore(driver, options) {
  await run(
    driver,
    async (options) => {
      window.more = {};
      window.told = {};
      for (const [name, given] of Object.entries(options)) {
        const permissions = await permgate.createPermissions({ tabs: false, ...given });
        const told = [];
        permissions.on("activity", ({ kind, what, transport }) => told.push([kind, what, transport].join(" ").trim()));
        await permissions.whenReady();
        Object.assign(window.more, { [name]: permissions });
        Object.assign(window.told, { [name]: told });
      }
    },
    options,
  );
}

const told = (driver, name, text) => run(driver, (name, text) => window.told[name].includes(text), name, text);
const canEdit = (driver, name) => run(driver, (name) => window.more[name].can("invoice:edit"), name);

/** A leading tab that hangs, and a following tab with two more instances. */
async function stage(t, { driver }) {
  const authority = await startAuthority(t);
  const { proxy } = authority;
  t.after(() => onlyOneWindow(driver));
  for (const path of [HALF_OPEN, BUFFERED]) authority.answer(path, (_, response) => openStream(response, authority));
  authority.answer(POLL, answerPoll);
  const hanging = [];
  authority.answer(HANG, (_, response) => hanging.push(response));
  const letGo = () => {
    authority.answer(HANG, (_, response) => response.end());
    for (const response of hanging) response.end();
  };

  await openPage(driver, authority.origin);
  await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS } });
  await showsOnly(driver, SHOWN);
  await until("the first tab has a stream", () => run(driver, () => watch.activities.some(({ kind }) => kind === "message")));
  const leader = await driver.getWindowHandle();
  // On demand, the tab waits synchronously for an answer that does not come, as if its
  // process were stopped.
  await run(
    driver,
    (path) => {
      new BroadcastChannel("hang").onmessage = () => {
        for (;;) {
          try {
            const request = new XMLHttpRequest();
            request.open("GET", path, false);
            request.send();
            return;
          } catch {
            // WebKit waits for ten seconds only, and has to wait again.
          }
        }
      };
    },
    HANG,
  );

  await driver.switchTo().newWindow("tab");
  await openPage(driver, authority.origin);
  await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS } });
  await showsOnly(driver, SHOWN);
  proxy.buffer(BUFFERED);
  await beginMore(driver, {
    halfOpen: { endpoint: ENDPOINT, push: { events: HALF_OPEN } },
    buffered: { endpoint: ENDPOINT, push: { events: BUFFERED, poll: POLL } },
  });
  await until("the stream has sent its first version", () => told(driver, "halfOpen", "message version"));
  proxy.stall(HALF_OPEN);

  await run(driver, () => new BroadcastChannel("hang").postMessage(""));
  await until("the tab hangs", () => authority.asked(HANG) === 1);
  return { authority, leader, letGo };
}

forEachEngine((engine) => {
  test("silent streams and hanging tabs are replaced in bounded time", async (t) => {
    const { driver } = engine;
    const { authority, leader, letGo } = await stage(t, engine);
    const { proxy } = authority;

    await t.test("F28 a stream that a proxy holds back is replaced by the next transport", async () => {
      await until("the next transport is used", () => authority.asked(POLL) > 0, PATIENCE);
      assert.ok(await told(driver, "buffered", "stream silent events"));
      assert.ok(await canEdit(driver, "buffered"));
    });

    await t.test("F27 a stream without bytes and without an end is opened anew", async () => {
      await until("the silence was noticed", () => told(driver, "halfOpen", "stream silent events"), PATIENCE);
      assert.ok(await canEdit(driver, "halfOpen"));
      proxy.flow();
      await until("the stream is opened anew", () => authority.asked(HALF_OPEN) >= 2, PATIENCE);
    });

    await t.test("F35 when the tab that holds the stream hangs, another takes the stream over by force", async () => {
      assert.equal(await run(driver, () => watch.activities.some(({ kind }) => kind === "leader")), false);
      await until("the other tab has a stream", () => authority.asked(EVENTS) >= 2, PATIENCE);
    });

    await t.test("F35 after the takeover, all tabs get a change", async () => {
      authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
      authority.push("revoked", { version: 2, subject: "u-17", permissions: ["invoice:edit"] });
      await showsOnly(driver, ["view", "not"]);
      for (const name of ["halfOpen", "buffered"]) await until(`${name} hears it`, async () => !(await canEdit(driver, name)));
      await assertClean(driver, { isSeen: false });
    });

    await t.test("F35 the tab that hung goes on as a follower", async () => {
      letGo();
      await driver.switchTo().window(leader);
      await showsOnly(driver, ["view", "not"]);
      await until("one of the two has the stream", () => proxy.open(EVENTS) === 1);
      await assertClean(driver, { isSeen: false });
    });
  });
});
