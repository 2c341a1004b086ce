/** The drawer "Freshness": each control has the effect that its label names, the page recovers, and the time line shows how. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import {
  assertAsDecided, assertClean, becomes, countDisplayed, openDemo, openRecords, setGrant, SIGNED_OUT, signIn, signInAside,
  snapshot, statesOf, UNREACHABLE,
} from "./demo.mjs";
import { startServer } from "./server.mjs";

const CAPACITY = 100;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A server, and grace's page of invoices with the drawer open and a stream. */
async function stage(t, { mode = "token", path, switches } = {}) {
  const server = await startServer(t, switches);
  const page = await openDemo(browser, server, { path });
  t.after(() => page.context().close());
  const session = await signIn(page, "grace", mode);
  const ada = await signInAside(server, "ada");
  await openRecords(page, "invoice");
  await page.getByTestId("freshness-toggle").click();
  await page.getByTestId("freshness").waitFor();
  await streams(page);
  return { server, page, session, ada };
}

function streams(page) {
  const shown = () => document.querySelector("[data-testid=stream]").textContent;
  return until("there is a stream", () => page.evaluate(shown).then((text) => /^(Events|Socket|Long poll)/.test(text)));
}

const control = (page, name) => page.getByTestId(`control-${name}`);

/** The entries of the time line, the newest first: `{ kind, text, time }`. */
function timeline(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("[data-testid=timeline] > li")].map((item) => ({
      kind: item.dataset.kind,
      time: item.querySelector("time").textContent,
      text: item.querySelector("span").textContent,
    })),
  );
}

/** Waits until the time line has matching entries in this order; others may be in between. */
function tells(page, ...patterns) {
  return until(`the time line tells ${patterns.join(", ")}`, async () => {
    const texts = (await timeline(page)).map(({ text }) => text).reverse();
    let from = 0;
    return patterns.every((pattern) => {
      const at = texts.findIndex((text, index) => index >= from && pattern.test(text));
      from = at + 1;
      return at >= 0;
    });
  });
}

for (const mode of ["token", "cookie"]) {
  test(`the controls for revoking and granting change the page by a pushed message, and the time line says how long it took (${mode})`, async (t) => {
    const { page, session } = await stage(t, { mode });
    assert.equal(await page.getByTestId("freshness-permission").inputValue(), "invoice:edit");
    await control(page, "revoke").click();
    await becomes(page, "invoice:edit", "denied");
    await tells(page,
      /^An administrator elsewhere takes away invoice:edit$/,
      /^The server pushed revoked$/,
      /^1 permission went: invoice:edit$/,
      /^Permissions are asked for: the server pushed a message$/,
      /^The permissions are fresh$/,
    );
    await tells(page, /^invoice:edit was hidden \d+ ms after the request, \d+ ms (before|after) its answer$/);
    assert.equal(await page.getByTestId("save").isVisible(), false);
    await until("there is nothing left to revoke", () => control(page, "revoke").isDisabled());

    await control(page, "grant").click();
    await becomes(page, "invoice:edit", "granted");
    await tells(page, /gives invoice:edit$/, /^The server pushed version$/, /^1 permission came: invoice:edit$/);
    await tells(page, /^invoice:edit was shown \d+ ms after the request/);
    await assertAsDecided(page, session);
    await assertClean(page);
  });
}

for (const isNoticed of [true, false]) {
  test(`changes during an unplugged network, ${isNoticed ? "noticed" : "unnoticed"} by the browser, are shown when the network is plugged in`, async (t) => {
    const { page, session, ada } = await stage(t);
    await page.getByTestId("browser-notices").setChecked(isNoticed);
    await control(page, "unplug").click();
    assert.equal(await control(page, "unplug").getAttribute("aria-pressed"), "true");
    await tells(page, /^The network of this page was unplugged$/, /^Stream by server-sent events: closed$/);
    await setGrant(ada, "grace", "invoice:edit", "deny");
    // A request of the page itself finds no network, and the fresh set goes on deciding.
    await page.getByTestId("refresh").click();
    await page.getByTestId("last-event").getByText("Failed to fetch").waitFor();
    assert.deepEqual(await statesOf(page, "invoice:edit"), ["granted"]);

    await control(page, "unplug").click();
    assert.equal(await control(page, "unplug").getAttribute("aria-pressed"), "false");
    await becomes(page, "invoice:edit", "denied");
    await tells(page, /^The network was plugged in again$/, /^1 permission went: invoice:edit$/);
    await streams(page);
    await assertAsDecided(page, session);
    await assertClean(page, [/^warning: WebSocket connection to .+ is closed before/]);
  });
}

for (const way of ["events", "socket", "poll"]) {
  for (const mode of ["token", "cookie"]) {
    test(`unplugging the network breaks a stream by ${way}, and the stream comes back (${mode})`, async (t) => {
      const { page, ada } = await stage(t, { mode, path: `/?push=${way}` });
      await control(page, "unplug").click();
      await tells(page, /was unplugged$/, /^Stream by .+: closed$/);
      await setGrant(ada, "grace", "invoice:edit", "deny");
      assert.deepEqual(await statesOf(page, "invoice:edit"), ["granted"]);
      await control(page, "unplug").click();
      await becomes(page, "invoice:edit", "denied");
      await assertClean(page);
    });
  }
}

for (const [name, minutes] of [["sleep-10", 10], ["sleep-480", 480]]) {
  test(`F20 after ${minutes} minutes of sleep nothing is granted until the server has answered`, async (t) => {
    const { page, session } = await stage(t);
    const before = await snapshot(page);
    const { can, shown, slept } = await page.evaluate((name) => {
      const { permissions } = window.permgateDemo;
      const began = Date.now();
      window.permgateProbe.phase = "sleep";
      document.querySelector(`[data-testid=control-${name}]`).click();
      return {
        can: permissions.can("invoice:view"),
        shown: window.permgateProbe.displayed(),
        slept: Date.now() - began,
      };
    }, name);
    assert.deepEqual({ can, shown }, { can: false, shown: [] });
    assert.ok(slept >= minutes * 60_000, "the page's clock did not move on");
    await becomes(page, "invoice:view", "granted");
    const after = await snapshot(page);
    assert.ok(after.askedAt >= before.askedAt + minutes * 60_000, "the set was not requested after the sleep");
    await tells(page, /^The device sleeps for /, /too old to be believed/, /^Permissions are asked for: /, /permissions came: /);
    await assertAsDecided(page, session);
    await assertClean(page);
  });
}

test("F20 after a sleep without a network, nothing is granted until the network is back", async (t) => {
  const { page, session } = await stage(t);
  await control(page, "unplug").click();
  await control(page, "sleep-10").click();
  await until("nothing is displayed", async () => (await countDisplayed(page)) === 0);
  await page.getByTestId("banner").waitFor();
  await control(page, "unplug").click();
  await becomes(page, "invoice:view", "granted");
  await assertAsDecided(page, session);
  await assertClean(page, [/^warning: WebSocket connection to .+ is closed before/]);
});

test("after the server was killed and started again, the page recovers by itself", async (t) => {
  const { server, page, session } = await stage(t, { switches: ["--demo-controls"] });
  await control(page, "kill").click();
  await tells(page, /^The server is killed/, /^Stream by server-sent events: closed$/);
  const ada = await until("the server is back", () => signInAside(server, "ada"));
  await setGrant(ada, "grace", "invoice:edit", "deny");
  await becomes(page, "invoice:edit", "denied");
  await streams(page);
  await assertAsDecided(page, session);
  await assertClean(page, [UNREACHABLE]);
});

test("a server without `--demo-controls` is not killed, and the control shows the reason", async (t) => {
  const { page } = await stage(t);
  await control(page, "kill").click();
  await page.getByTestId("freshness").getByText("started without --demo-controls").waitFor();
  assert.ok(await control(page, "kill").isDisabled());
  await assertClean(page, [/^error: Failed to load resource: the server responded with a status of 404/]);
});

test("when the control takes the user's roles, the page hides their elements, and shows them again with the roles", async (t) => {
  const { page, session } = await stage(t);
  await control(page, "roles").click();
  await becomes(page, "invoice:view", "denied");
  await page.getByTestId("no-longer-permitted").waitFor();
  await tells(page, /takes all roles away$/, /^\d+ permissions went: .+ and \d+ more$/);
  await assertAsDecided(page, session);
  await control(page, "roles").click();
  await becomes(page, "invoice:view", "granted");
  await tells(page, /gives the roles back/, /^\d+ permissions came: /);
  await assertAsDecided(page, session);
  await assertClean(page);
});

for (const mode of ["token", "cookie"]) {
  test(`a session that is ended at the server empties the page, which shows its elements and text again after a new sign-in (${mode})`, async (t) => {
    const { page } = await stage(t, { mode });
    await page.getByTestId("field-note").fill("Typed before");
    await control(page, "end-session").click();
    await page.getByTestId("sign-in-dialog").waitFor();
    assert.equal(await countDisplayed(page), 0);
    await tells(page, /^The session is ended at the server/, /^The server pushed session-revoked$/, /^Nobody is signed in/);
    await page.getByTestId("again-grace").click();
    await becomes(page, "invoice:edit", "granted");
    assert.equal(await page.getByTestId("field-note").inputValue(), "Typed before");
    await streams(page);
    await assertClean(page, [SIGNED_OUT]);
  });
}

test("the time line keeps the last hundred entries, the newest first, and announces them to screen readers", async (t) => {
  const { page } = await stage(t);
  const list = page.getByRole("log", { name: "Time line" });
  assert.equal(await list.getAttribute("aria-live"), "polite");
  await page.evaluate((times) => {
    for (let time = 0; time < times; time += 1) document.querySelector("[data-testid=control-unplug]").click();
  }, CAPACITY + 20);
  const entries = await timeline(page);
  assert.equal(entries.length, CAPACITY);
  assert.deepEqual(entries.map(({ time }) => time), entries.map(({ time }) => time).sort().reverse());
  for (const { time } of entries) assert.match(time, /^\d\d:\d\d:\d\d\.\d{3}$/);
  await page.getByTestId("timeline-clear").click();
  assert.deepEqual((await timeline(page)).filter(({ kind }) => kind === "control"), []);
  await page.getByTestId("freshness-close").click();
  assert.equal(await page.getByTestId("freshness").isVisible(), false);
  assert.equal(await page.getByTestId("freshness-toggle").getAttribute("aria-expanded"), "false");
  await assertClean(page, [/^warning: WebSocket connection to .+ is closed before/]);
});

test("the status strip shows the source of the set, its age, and the transport for changes", async (t) => {
  const { page } = await stage(t);
  assert.match(await page.getByTestId("source").textContent(), /^endpoint · \d+ s ago$/);
  assert.equal(await page.getByTestId("stream").textContent(), "Events, for all tabs");
  const other = await openDemo(browser, { origin: new URL(page.url()).origin }, { beside: page });
  await signIn(other, "grace", "token");
  await until("the other tab shows that it uses the stream of another tab", async () => /another tab/.test(await other.getByTestId("stream").textContent()));
  await assertClean(page);
  await assertClean(other);
});
