/** F34, F35, F64: several tabs on HTTP/1.1 share one stream, even when the tab that holds it ends, and one user. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { members } from "../support/processes.mjs";
import { GRACE, GRACE_VIEWS, OPTIONS, signIn, stageReal } from "./real.mjs";
import { assertClean, begin, ENDPOINT, EVENTS, onlyOneWindow, openPage, run, showsOnly } from "./stage.mjs";

/** More tabs than a browser has connections for an origin on HTTP/1.1. */
const TABS = 7;

/** Opens a number of tabs that show grace's permissions. Returns their handles in order. */
async function openTabs(driver, stage, count) {
  await signIn(driver, stage);
  const handles = [];
  for (let index = 0; index < count; index += 1) {
    if (index > 0) {
      await driver.switchTo().newWindow("tab");
      await openPage(driver, stage.origin);
    }
    handles.push(await driver.getWindowHandle());
    await begin(driver, OPTIONS);
    await showsOnly(driver, GRACE);
  }
  return handles;
}

async function inEach(driver, handles, act) {
  const results = [];
  for (const handle of handles) {
    await driver.switchTo().window(handle);
    results.push(await act(handle));
  }
  return results;
}

/** The tab that holds the stream. */
async function leaderOf(driver, handles) {
  const leads = () => watch.activities.findLast(({ kind }) => kind === "leader")?.what === "gained";
  return until("one tab leads", async () => {
    const leading = await inEach(driver, handles, () => run(driver, leads));
    const leaders = handles.filter((_, index) => leading[index]);
    if (leaders.length > 1) throw new Error(`${leaders.length} tabs lead`);
    return leaders[0];
  });
}

/** Ends the process of the tab in front. In Firefox, all tabs of an origin share a process. */
const KILLS = {
  // The driver still waits for the page that has ended, and fails at the next command.
  chromium: (driver) => driver.sendDevToolsCommand("Page.crash").catch(() => undefined),
  async webkit(driver) {
    const before = new Map(members("WebKitWebProcess").map(({ pid, ticks }) => [pid, ticks]));
    // The busy process is that of this tab; it answers the driver first.
    await driver.executeScript(() => void setTimeout(() => { for (;;); }, 100));
    const { pid } = await until("one process is busy", () =>
      members("WebKitWebProcess").find(({ pid, ticks }) => ticks - (before.get(pid) ?? ticks) > 100));
    process.kill(pid, "SIGKILL");
  },
};

/** The number of requests for the document. */
const documents = ({ proxy }) => proxy.exchanges.filter(({ path }) => path === ENDPOINT).length;

const oneStream = ({ proxy }) => until("there is one stream", () => proxy.open(EVENTS) === 1);

forEachEngine((engine) => {
  const { name } = engine;
  // A failed test may leave a browser behind that does not answer.
  afterEach(() => onlyOneWindow(engine.driver).catch(() => engine.restart()));

  test("F34 seven tabs share one stream, the API still answers, and all get a change", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    const handles = await openTabs(driver, stage, TABS);
    await leaderOf(driver, handles);
    await oneStream(stage);
    const opened = stage.proxy.asked(EVENTS);
    const statuses = await inEach(driver, handles, () => run(driver, async () => (await fetch("/api/session")).status));
    assert.deepEqual(statuses, handles.map(() => 200));

    const asked = documents(stage);
    await stage.forbid();
    await inEach(driver, handles, () => showsOnly(driver, GRACE_VIEWS));
    const questions = documents(stage) - asked;
    assert.ok(questions <= 2 * TABS, `the document was requested ${questions} times`);
    assert.equal(stage.proxy.open(EVENTS), 1);
    assert.equal(stage.proxy.asked(EVENTS), opened, "the stream was opened anew");
    await inEach(driver, handles, () => assertClean(driver, { isSeen: false }));
  });

  /** Checks that another tab takes the stream over from the leading tab, and that all others get its messages. */
  async function another(stage, handles, go) {
    const { driver } = engine;
    const leader = await succeeded(stage, handles, go);
    const others = handles.filter((handle) => handle !== leader);
    await stage.forbid();
    await inEach(driver, others, () => showsOnly(driver, GRACE_VIEWS));
    await inEach(driver, others, () => assertClean(driver, { isSeen: false }));
    return leader;
  }

  /** Checks that another tab takes the stream over from the leading tab. */
  async function succeeded(stage, handles, go) {
    const { driver } = engine;
    const leader = await leaderOf(driver, handles);
    await oneStream(stage);
    await driver.switchTo().window(leader);
    const opened = stage.proxy.asked(EVENTS);
    await go(leader);
    await until("another tab opened a stream", () => stage.proxy.asked(EVENTS) > opened);
    await oneStream(stage);
    return leader;
  }

  test("F35 when the tab that holds the stream is closed, another takes over", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    const handles = await openTabs(driver, stage, 3);
    await another(stage, handles, () => driver.close());
  });

  test("F35 when the tab that holds the stream navigates away, another takes over, and the first tab comes back as a follower", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    const handles = await openTabs(driver, stage, 3);
    const leader = await another(stage, handles, () => driver.get(`${stage.origin}/elsewhere.html`));
    await driver.switchTo().window(leader);
    await driver.navigate().back();
    if (await run(driver, () => window.permissions === undefined)) {
      // Firefox keeps no page that ever had a stream or waited for a lock.
      assert.equal(name, "firefox", "the page was loaded anew");
      await openPage(driver, stage.origin);
      await begin(driver, OPTIONS);
    }
    await showsOnly(driver, GRACE_VIEWS);
    await oneStream(stage);
  });

  test("F35 when the tab that holds the stream signs out, the other tabs sign out, too", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    const handles = await openTabs(driver, stage, 3);
    await run(driver, async () => {
      await fetch("/api/session", { method: "DELETE" });
      permissions.signOut();
    });
    await inEach(driver, handles, () => showsOnly(driver, []));
    await until("no stream is left", () => stage.proxy.open(EVENTS) === 0);
  });

  /** Signs another user in by the cookie, without a sign-out before, and without telling the instance. */
  const signInOver = () =>
    run(driver(), async (endpoint) => {
      const body = JSON.stringify({ username: "alan", password: "alan-demo", mode: "cookie" });
      const response = await fetch("/api/session", { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!response.ok) throw new Error(`the sign-in was answered with ${response.status}`);
      return (await (await fetch(endpoint)).json()).subject;
    }, ENDPOINT);
  const driver = () => engine.driver;

  const becomes = (subject) =>
    until(`the tab is that of ${subject}`, async () => {
      const { status, now } = await run(driver(), () => ({ status: permissions.status, now: permissions.snapshot().subject }));
      if (now !== subject || status !== "fresh") throw new Error(`it is ${status}, of ${now}`);
      return true;
    });

  /** Opens tabs of grace, and signs another user in, in the last of them. Returns the tabs and the new subject. */
  async function signedInOver(t, count) {
    const stage = await stageReal(t);
    const handles = await openTabs(driver(), stage, count);
    await leaderOf(driver(), handles);
    await oneStream(stage);
    await driver().switchTo().window(handles.at(-1));
    const subject = await signInOver();
    await inEach(driver(), handles, async () => assert.notEqual(await run(driver(), () => permissions.snapshot().subject), subject));
    return { stage, handles, subject };
  }

  test("F64 when a refresh after a sign-in finds another user in one tab, all tabs become that user's", async (t) => {
    const { stage, handles, subject } = await signedInOver(t, 3);
    const asked = documents(stage);
    await run(driver(), async () => void (await permissions.refresh()));
    await inEach(driver(), handles, () => becomes(subject));
    assert.equal(documents(stage) - asked, 3, "each tab asks once");
    await inEach(driver(), handles, () => assertClean(driver(), { isSeen: false }));
  });

  test("F64 when a page is loaded by another user, the other tabs become that user's", async (t) => {
    const { stage, handles, subject } = await signedInOver(t, 2);
    await openPage(driver(), stage.origin);
    await begin(driver(), OPTIONS);
    await inEach(driver(), handles, () => becomes(subject));
    await inEach(driver(), handles, () => assertClean(driver(), { isSeen: false }));
  });

  test("F64 when a response names another user by `Permissions-Version`, the tab becomes that user's", async (t) => {
    const { subject } = await signedInOver(t, 1);
    await run(driver(), async () => void (await permissions.fetch("/api/session")));
    await becomes(subject);
    await assertClean(driver(), { isSeen: false });
  });

  test("F64 when the tab gets the focus after a while, it becomes that of the user who signed in meanwhile", async (t) => {
    const { subject } = await signedInOver(t, 1);
    await run(driver(), () => {
      window.setClockWrong(60_000);
      window.dispatchEvent(new Event("focus"));
    });
    await becomes(subject);
    await assertClean(driver(), { isSeen: false });
  });

  const kill = KILLS[name];
  if (kill !== undefined) {
    test("F35 when the process of the tab that holds the stream is killed, another takes over", async (t) => {
      const { driver } = engine;
      const stage = await stageReal(t);
      const handles = await openTabs(driver, stage, 3);
      await succeeded(stage, handles, () => kill(driver));
      // WebKit's driver would end the whole browser at the next command: the test watches the server instead.
      const asked = documents(stage);
      await stage.forbid();
      await until("the others load the remaining permissions", () => documents(stage) >= asked + 2);
      await engine.restart();
    });
  }

  // Only this driver can freeze a page.
  if (name !== "chromium") return;

  test("F35 when the tab that holds the stream is frozen, another takes over", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    const handles = await openTabs(driver, stage, 3);
    const leader = await another(stage, handles, () => driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "frozen" }));
    await driver.switchTo().window(leader);
    await driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "active" });
    await showsOnly(driver, GRACE_VIEWS);
    await oneStream(stage);
  });
});
