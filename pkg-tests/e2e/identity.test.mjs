/** A user signs out, or another one signs in: nothing of one user is ever shown to another. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import {
  ALONE, assertAsDecided, assertClean, openDemo, openRecords, plant, SIGNED_OUT, signIn, signInAside, snapshot,
  UNREACHABLE,
} from "./demo.mjs";
import { call, outcomes } from "./oracle.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/**
 * A server, and the page of a user with witnesses: a tagged element for every permission and one for its
 * negation. They stand outside of the application, which empties its own part of the page on signing out,
 * so that permgate alone has to hide them.
 */
async function stage(t, username, mode, how = {}) {
  const server = await startServer(t);
  const page = await openDemo(browser, server, how);
  t.after(() => page.context().close());
  const session = await signIn(page, username, mode);
  const { permissions } = await call(session, "GET", "/api/catalogue");
  await plant(page, permissions);
  await assertAsDecided(page, session);
  return { server, page, session, permissions };
}

const displayed = (page) => page.evaluate(() => window.permgateProbe.displayed());

for (const mode of ["token", "cookie"]) {
  test(`signing out hides everything in the same turn, even if the server is stopped (${mode})`, async (t) => {
    const { server, page } = await stage(t, "grace", mode);
    await server.kill();
    assert.ok((await displayed(page)).length > 100, "the page did not show its elements while the server was stopped");
    const shown = await page.evaluate(() => {
      document.querySelector("[data-testid=sign-out]").click();
      return window.permgateProbe.displayed();
    });
    assert.deepEqual(shown, []);
    await page.getByTestId("sign-in").waitFor();

    // The server comes back, and knows the user by the cookie: still nothing is granted.
    await server.start();
    const status = await page.evaluate(async () => {
      const { permissions } = window.permgateDemo;
      await permissions.fetch("/api/catalogue");
      return permissions.status;
    });
    assert.equal(status, "unauthenticated");
    assert.deepEqual(await displayed(page), []);
    await assertClean(page, [UNREACHABLE, SIGNED_OUT]);
  });
}

test("signing out hides everything before the server has answered", async (t) => {
  const { server, page } = await stage(t, "ada", "token");
  const answers = [];
  page.on("response", (response) => answers.push(response.url()));
  server.freeze();
  await page.getByTestId("sign-out").click();
  assert.deepEqual(await displayed(page), []);
  assert.equal(await page.getByTestId("sign-in").isVisible(), true);
  assert.deepEqual(answers, []);
  await assertClean(page);
});

/** Records states from now on, for `assertOnly`. */
function beginSwitch(page) {
  return page.evaluate(() => {
    window.permgateProbe.phase = "switch";
  });
}

/**
 * Checks that since the switch nothing was granted, even for a moment, except for the permissions of the new
 * user, and that all of these are granted in the end.
 */
async function assertOnly(page, session) {
  const states = await page.evaluate(() => window.permgateProbe.record.states);
  const granted = [...new Set(states.filter(({ state }) => state === "granted").map(({ requirement }) => requirement))];
  assert.ok(granted.length > 100, `only ${granted.length} requirements were granted after the switch`);
  const outcomeOf = await outcomes(session, granted.map((requirement) => ({ requirement })));
  assert.deepEqual(granted.filter((requirement) => outcomeOf({ requirement }) !== "granted"), []);
  await assertAsDecided(page, session);
}

test("after a sign-out and another user's sign-in on the sign-in page, nothing of the first user is shown", async (t) => {
  const { page } = await stage(t, "grace", "token");
  await openRecords(page, "invoice");
  await beginSwitch(page);
  await page.getByTestId("sign-out").click();
  assert.deepEqual(await displayed(page), []);
  const alan = await signIn(page, "alan", "token");
  await assertOnly(page, alan);
  await assertClean(page);
});

/**
 * Runs in the page: `lateAnswers.hold()` holds the answers of the endpoint back until `release()`; none of
 * them can be aborted. `given` counts answers.
 */
function answersCanBeLate() {
  const real = window.fetch;
  const waiting = [];
  let isHeld = false;
  window.lateAnswers = {
    given: 0,
    held: () => waiting.length,
    hold: () => {
      isHeld = true;
    },
    letGo: () => {
      isHeld = false;
    },
    release: () => waiting.splice(0).forEach((answer) => answer()),
  };
  window.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.endsWith("/api/me/permissions")) return real(input, init);
    const answer = await real(new Request(input, { ...init, signal: null }));
    if (isHeld) await new Promise((go) => waiting.push(go));
    window.lateAnswers.given += 1;
    return answer;
  };
}

test("F1 an answer for the first user that arrives after the answer for the second changes nothing", async (t) => {
  const prepare = (page) => page.addInitScript(answersCanBeLate);
  const { server, page } = await stage(t, "grace", "token", { prepare });
  const alan = await signInAside(server, "alan");
  await page.evaluate(() => window.lateAnswers.hold());
  await page.getByTestId("refresh").click();
  await until("an answer about grace is held back", () => page.evaluate(() => window.lateAnswers.held() === 1));

  await beginSwitch(page);
  const shown = await page.evaluate((token) => {
    window.lateAnswers.letGo();
    window.permgateDemo.permissions.setToken(token);
    return window.permgateProbe.displayed();
  }, alan.token);
  assert.deepEqual(shown, []);
  await until("alan's set is loaded", async () => (await snapshot(page)).subject === alan.subject);

  await page.evaluate(async () => {
    const { given } = window.lateAnswers;
    window.lateAnswers.release();
    while (window.lateAnswers.given === given) await new Promise(requestAnimationFrame);
    // The late answer has taken effect by now: this answer was requested after it.
    await window.permgateDemo.permissions.refresh();
  });
  assert.equal((await snapshot(page)).subject, alan.subject);
  await assertOnly(page, alan);
  await assertClean(page);
});

test("when another tab signs in as another user, a tab with the same cookie changes to that user", async (t) => {
  const { server, page } = await stage(t, "grace", "cookie", { path: ALONE });
  const other = await openDemo(browser, server, { beside: page, path: ALONE });
  // The second tab has the same cookie, and so belongs to grace until she signs out.
  await other.getByTestId("shell").waitFor();
  await other.getByTestId("sign-out").click();
  const alan = await signIn(other, "alan", "cookie");

  await beginSwitch(page);
  await page.getByTestId("refresh").click();
  await page.getByTestId("who").getByText(alan.subject).waitFor();
  await assertOnly(page, alan);
  await assertClean(page, [SIGNED_OUT]);
});

/** The ways in which a session ends while its page is open, and the page notices. */
const ENDS = {
  cookie: async (session, page) => {
    await call(session, "DELETE", "/api/session");
    await page.getByTestId("refresh").click();
  },
  token: (_, page) => page.evaluate(() => window.permgateDemo.permissions.setToken("worn out")),
};

for (const [mode, end] of Object.entries(ENDS)) {
  test(`when another user signs in over the page of an ended session, the page has neither permissions nor text of the first (${mode})`, async (t) => {
    const { page, session } = await stage(t, "grace", mode, { path: ALONE });
    await openRecords(page, "invoice");
    await page.getByTestId("field-note").fill("Only for grace");
    await end(session, page);
    await page.getByTestId("sign-in-dialog").waitFor();
    assert.deepEqual(await displayed(page), []);

    await page.getByTestId("again-ada").click();
    await page.getByTestId("sign-in-dialog").waitFor({ state: "detached" });
    await page.getByTestId("who").getByText("Ada Lovelace").waitFor();
    await page.getByTestId("field-note").waitFor();
    assert.notEqual(await page.getByTestId("field-note").inputValue(), "Only for grace");
    await assertClean(page, [SIGNED_OUT]);
  });
}
