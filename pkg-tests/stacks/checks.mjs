/** The checks that every stack must pass in a real browser: the same page, user and changes of rights. */

import assert from "node:assert/strict";
import { setGrant, signInAside } from "../e2e/demo.mjs";
import { call } from "../e2e/oracle.mjs";
import { openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { startProxy } from "../support/proxy.mjs";
import { checkLoads, nextAnswer } from "./hydration.mjs";
import { checkInterleaved } from "./interleaved.mjs";
import { ON_KIT } from "./kit-checks.mjs";
import { ON_USERS } from "./user-data.mjs";
import { FORBIDDEN, SEEN, watch } from "./watch.mjs";

/** The names that grace is never granted. */
const NEVER = ["payroll", "page-payroll", "edit-1", "edit-3", "edit-5"];

/** The elements of the home page that grace sees with the rights that she has in the beginning. */
const HOME = ["nav-invoices", "create", "remove", "edit-2"];

/** An added row, which may remain: some routers keep the state of a page that is left. */
const MAY_BE_KEPT = "edit-4";

/** How often the page is loaded to check that each load is clean. */
const LOADS = 5;

/** The console's messages about the errors that checks provoke: a 401 when nobody is signed in, and a 403 after the revocation that was not pushed. */
const EXPECTED = [
  /^error: Failed to load resource: the server responded with a status of (401|403) /,
  /^warning: permgate: the endpoint answered 401; sign in, /,
];

/** The error answers that checks provoke. */
const EXPECTED_ANSWERS = ["401 /api/me/permissions", "403 /api/pages/invoice/records"];

/** The warning in development if the module was not found and its copy in JavaScript is used. */
const INLINED = [
  /^warning: permgate: permgate\.wasm was not found /,
  /^error: Failed to load resource: the server responded with a status of 404 /,
  /^404 \S+\.wasm$/,
];

/** Grants on resources, beside those that grace has from the beginning. */
const QUOTES = ["quotes/2", "quotes/4"].map((resource) => ({ permission: "quote:edit", resource, effect: "allow" }));

/** Waits for the address: routers may write it after the page is rendered. */
const isAt = (page, path) => until(`the address is ${path}`, () => new URL(page.url()).pathname === path);

/** The error of a check that did not run. */
export const NOT_TRIED = "not tried";

/** The checks with their names in reports. They run in this order, on one page, and build on each other. */
export const CHECKS = {
  "nothing is shown before sign-in": async ({ page, shows }) => {
    await status(page, "unauthenticated");
    await page.getByTestId("page-home").waitFor();
    await shows([]);
  },
  "three buttons are as granted after sign-in": async ({ page, forbid, shows }) => {
    await forbid(NEVER);
    await page.getByTestId("sign-in").click();
    await shows(HOME);
    await status(page, "fresh");
  },
  "rows follow their resource, also rows that are added later": async ({ page, shows }) => {
    await page.getByTestId("add-row").click();
    await page.getByTestId("add-row").click();
    await page.locator("tbody tr").nth(4).waitFor();
    await shows([...HOME, "edit-4"]);
    assert.equal(await page.locator("tbody tr").count(), 5);
  },
  "can() lets a granted action through": ({ save }) => save("status 201", 1),
  "a revocation in the open page hides the button": async ({ revoke, shows, forbid }) => {
    await revoke("invoice:create");
    await shows(["nav-invoices", "remove", "edit-2", "edit-4"]);
    await forbid([...NEVER, "create"]);
  },
  "can() refuses a revoked action without a request": ({ save }) => save("refused", 0),
  "a grant in the open page shows the button": async ({ restore, shows, forbid }) => {
    await forbid(NEVER);
    await restore("invoice:create");
    await shows([...HOME, "edit-4"]);
  },
  "a gated route opens by its link": async ({ page, shows }) => {
    await page.getByTestId("nav-invoices").click();
    await shows(["nav-invoices", "page-invoices"]);
    await isAt(page, "/invoices");
  },
  "a gated route is left when it is revoked": async ({ page, revoke, restore, shows }) => {
    await revoke("invoice:view");
    await page.getByTestId("page-home").waitFor();
    await shows(["create", "remove", "edit-2"], MAY_BE_KEPT);
    await isAt(page, "/");
    await restore("invoice:view");
    await shows(HOME, MAY_BE_KEPT);
  },
  "a deep link opens a granted route": async ({ open, shows }) => {
    await open("/invoices");
    await shows(["nav-invoices", "page-invoices"]);
  },
  "a deep link to a forbidden route leads to the home page": async ({ page, open, shows }) => {
    await open("/payroll", LEADING_AWAY);
    await page.getByTestId("page-home").waitFor();
    await shows(HOME);
    await isAt(page, "/");
  },
  "each load shows the granted elements": async ({ open, shows }) => {
    for (let load = 0; load < LOADS; load += 1) {
      await open("/");
      await shows(HOME);
    }
  },
  "a revocation that was not pushed is noticed by a 403": async ({ page, open, revoke, restore, save, shows, forbid }) => {
    // A page that carries its permissions requests them once, too.
    const asked = nextAnswer(page);
    await open("/?push=off");
    await asked;
    await shows(HOME);
    await revoke("invoice:create");
    await save("status 403", 1);
    await shows(["nav-invoices", "remove", "edit-2"]);
    await forbid([...NEVER, "create"]);
    await save("refused", 0);
    await restore("invoice:create");
    await forbid(NEVER);
  },
  "signing out hides everything": async ({ page, open, shows, forbid }) => {
    await open("/");
    await shows(HOME);
    await page.getByTestId("sign-out").click();
    await shows([]);
    await forbid(["*"]);
    await status(page, "unauthenticated");
  },
  "signing in again shows the granted elements again": async ({ page, shows, forbid }) => {
    await forbid(NEVER);
    await page.getByTestId("sign-in").click();
    await shows(HOME);
  },
  "push works after signing in again": async ({ revoke, restore, shows }) => {
    await revoke("invoice:delete");
    await shows(["nav-invoices", "create", "edit-2"]);
    await restore("invoice:delete");
    await shows(HOME);
  },
  "no frame showed a forbidden element": async ({ page }) => {
    const { frames, seen } = await page.evaluate(
      (key) => ({ frames: window.stacksWatch.frames, seen: JSON.parse(sessionStorage.getItem(key) ?? "[]") }),
      SEEN,
    );
    assert.ok(frames > 0, "no frame was looked at");
    assert.deepEqual(seen, []);
  },
  "the console is clean": ({ page, isInlined, says }) => {
    const expected = [...says, ...(isInlined ? INLINED : [])];
    assert.deepEqual(unexpected(page).filter((text) => !expected.some((pattern) => pattern.test(text))), []);
  },
};

/** After this many failures the remaining checks do not run: each would wait until its deadline. */
const FAILURES = 2;

/** The checks that run at the end, also after failures. */
const ALWAYS = ["no frame showed a forbidden element", "the console is clean"];

/** Further checks for stacks whose server also uses the package. */
const ON_SERVER = {
  "the server decides for each request's user": async ({ page, origin }) => {
    const answer = await page.request.get(`${origin}/rights`);
    assert.deepEqual(await answer.json(), { create: true, payroll: false });
    const anonymous = await fetch(`${origin}/rights`);
    assert.deepEqual(await anonymous.json(), { create: false, payroll: false });
  },
  "each load shows the right elements from its HTML on, and is hydrated without a warning or a flash": async ({ page, origin, says }) => {
    const complaints = page.complaints.length;
    await checkLoads({ page, origin, home: HOME });
    assert.deepEqual(page.complaints.slice(complaints).filter((text) => !says.some((pattern) => pattern.test(text))), []);
  },
  "a thousand interleaved requests of two users and of nobody get pages of their own user only": ({ server, origin }) => checkInterleaved({ server, origin, home: HOME }),
};

/** The last check of stacks whose server renders pages without permissions during an outage of the API: it makes the console noisy. */
const ON_OUTAGE = {
  "while the API does not answer, the server renders a gated route without its content, which appears once the API answers": async ({ page, origin, server }) => {
    await page.goto(origin);
    await page.getByTestId("nav-invoices").waitFor();
    await server.kill();
    try {
      const answer = await page.goto(`${origin}/invoices`);
      assert.equal(answer.status(), 200);
      assert.doesNotMatch(await answer.text(), /data-testid="(page-|nav-)invoices"/);
    } finally {
      await server.start();
    }
    await page.getByTestId("page-invoices").waitFor();
    await isAt(page, "/invoices");
  },
};

/** Further checks for stacks whose page has the tag that preloads the module. */
const PRELOADED = {
  "the tag's module is used, and downloaded once": async ({ browser, origin }) => {
    const proxy = await startProxy(origin, { uncached: true });
    const page = await openPage(browser);
    await page.goto(`${proxy.origin}/`, { waitUntil: "load" });
    await page.getByTestId("status").filter({ hasText: "unauthenticated" }).waitFor();
    // The status may be that of the server's HTML, from before the program runs.
    const asks = () => proxy.exchanges.map(({ path }) => path.split("?")[0]);
    await until("the endpoint is asked", () => asks().includes("/api/me/permissions"));
    await page.context().close();
    const asked = asks();
    await proxy.close();
    assert.equal(asked.filter((path) => path.endsWith(".wasm")).length, 1, "the module was not requested exactly once");
    const module = asked.findIndex((path) => path.endsWith(".wasm"));
    assert.ok(module < asked.indexOf("/api/me/permissions"), `the module was not requested before the program ran: ${asked.join(" ")}`);
    assert.ok(!asked.some((path) => /inline/.test(path)), "the copy in JavaScript was used");
  },
};

/**
 * Runs all checks against an application at `origin`, whose API is that of `server`. With `hasServer`, also the checks
 * of a server that renders with the package; with `hasUserData`, those of data that are loaded for a user; with
 * `hasKit`, those of a back end in the application; with `outlastsApi`, an outage of the API. `isInlined` says that the bundler does not find the module, of which
 * permgate warns; `says` are patterns of the stack's own console messages. Returns a list of `{ name, error }`, where
 * `error` is null for a check that passed.
 */
export async function runChecks(browser, server, origin, { hasServer = false, hasUserData = false, hasKit = false, isInlined = false, isPreloaded = false, outlastsApi = false, says = [] }) {
  const stage = { ...(await prepare(browser, server, origin)), isInlined, says };
  const results = [];
  const more = { ...(hasServer ? ON_SERVER : {}), ...(hasUserData ? ON_USERS : {}), ...(hasKit ? ON_KIT : {}), ...(isPreloaded ? PRELOADED : {}), ...(outlastsApi ? ON_OUTAGE : {}) };
  for (const [name, check] of Object.entries({ ...CHECKS, ...more })) {
    const isHopeless = results.filter(({ error }) => error !== null).length >= FAILURES && !ALWAYS.includes(name);
    results.push({ name, error: isHopeless ? NOT_TRIED : await failure(() => check(stage)) });
  }
  await stage.page.context().close();
  return results;
}

async function failure(run) {
  try {
    await run();
    return null;
  } catch (error) {
    // Of a request that failed, the message says nothing more than that.
    return error.cause ? `${error.message}: ${error.cause.code ?? error.cause.message}` : error.message;
  }
}

/** A page of the application, and how checks act on it and on the rights of its user. */
async function prepare(browser, server, origin) {
  const ada = await signInAside(server, "ada");
  const users = await call(ada, "GET", "/api/admin/users");
  const { id, grants } = users.find(({ username }) => username === "grace");
  await call(ada, "PUT", `/api/admin/users/${id}/grants`, { grants: [...grants, ...QUOTES] });

  await warmUp(browser, origin);
  const page = await open(browser);
  await page.addInitScript(watch, { forbiddenKey: FORBIDDEN, seenKey: SEEN });
  await page.goto(origin);
  return {
    browser,
    page,
    server,
    origin,
    open: (path, options) => page.goto(origin + path, options),
    forbid: (names) => page.evaluate(([key, names]) => sessionStorage.setItem(key, JSON.stringify(names)), [FORBIDDEN, names]),
    revoke: (permission) => setGrant(ada, "grace", permission, "deny"),
    restore: (permission) => setGrant(ada, "grace", permission, null),
    shows: (names, also) => shows(page, names, also),
    save: (outcome, requests) => save(page, outcome, requests),
  };
}

/** Opens a page that also records error answers. */
async function open(browser) {
  const page = await openPage(browser);
  page.refusals = [];
  page.on("response", (response) => {
    if (response.status() >= 400) page.refusals.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  return page;
}

/** The console messages and error answers that no check provokes, each once and without its stack trace. */
function unexpected({ complaints, refusals }) {
  const others = complaints.filter((text) => !EXPECTED.some((pattern) => pattern.test(text))).map((text) => text.slice(0, 300));
  return [...new Set([...others, ...refusals.filter((text) => !EXPECTED_ANSWERS.includes(text))])];
}

/** The options for opening a page that may redirect before it is loaded, in which case it fires no `load` event. */
const LEADING_AWAY = { waitUntil: "commit" };

/** Visits each page once: development servers build at the first request, and may then reload the page. */
async function warmUp(browser, origin) {
  const page = await open(browser);
  for (const path of ["/invoices", "/payroll", "/"]) {
    await page.goto(origin + path, LEADING_AWAY);
    const runs = async () => (await page.getByTestId("status").textContent({ timeout: 1_000 })) === "unauthenticated" && page.getByTestId("sign-in").isEnabled();
    await until(`\`${path}\` runs`, runs).catch((error) => {
      throw new Error(`${error.message}; the console: ${unexpected(page).join("; ") || "nothing"}`);
    });
  }
  await page.context().close();
}

function status(page, expected) {
  return until(`the status is ${expected}`, async () => (await page.getByTestId("status").textContent()) === expected);
}

/** Waits until exactly these gated elements are visible; `also` may be visible, too. */
async function shows(page, names, also) {
  let visible;
  try {
    await until("exactly the expected elements are shown", async () => {
      visible = (await page.evaluate(() => window.stacksWatch.visible())).filter((name) => name !== also);
      return visible.join() === names.join();
    });
  } catch {
    assert.deepEqual(visible, names);
  }
}

/** Presses the button whose action asks `can()` first; returns its outcome and the number of its requests. */
async function save(page, outcome, requests) {
  let count = 0;
  const onRequest = (request) => {
    if (request.method() === "POST" && request.url().endsWith("/records")) count += 1;
  };
  page.on("request", onRequest);
  const result = page.getByTestId("result");
  await page.getByTestId("save").click();
  await until(`the outcome of the action is \`${outcome}\``, async () => (await result.textContent()) === outcome);
  page.off("request", onRequest);
  assert.equal(count, requests, "the action sent another number of requests");
}
