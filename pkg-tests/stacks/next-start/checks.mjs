/** Checks of the quick start for Next.js that the other frameworks do not need: the router's cache, and the application's own routes. */

import assert from "node:assert/strict";
import { blockWebAssembly, removeWebAssembly } from "../../support/blocked.mjs";
import { openPage, openTab } from "../../support/chromium.mjs";
import { until } from "../../support/deadline.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const link = (page, name) => page.getByRole("link", { name, exact: true });

async function enter(page, user) {
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(`${user}-demo`);
  await button(page, "Sign in").click();
}

async function signInAs(page, user) {
  await enter(page, user);
  await page.getByText(`Signed in as ${user}`).waitFor();
}

async function signOut(page) {
  const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
  await button(page, "Sign out").click();
  await ended;
  await page.getByLabel("User").waitFor();
}

/** Opens the guarded page by its link, and goes back, so that the router keeps it. */
async function visitInvoices(page, user) {
  await link(page, "Invoices").click();
  await page.getByText(`For ${user}`).waitFor();
  await page.goBack();
  await button(page, "Show").waitFor();
}

/** Goes forward to the guarded page; gives every user for whom it was visible after any change of the document. */
async function usersSeenForward(page, user) {
  await page.evaluate(() => {
    const seen = new Set();
    window.usersSeen = () => {
      for (const [, user] of document.body.innerText.matchAll(/For (\w+)/g)) seen.add(user);
      return [...seen];
    };
    new MutationObserver(window.usersSeen).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await page.goForward();
  await page.getByText(`For ${user}`).waitFor();
  return page.evaluate(() => window.usersSeen());
}

/** Further checks. They run after the other ones, on the same page, when nobody is signed in. */
export const CHECKS = {
  "a guarded page that was left on a revocation opens by the first click after a grant": async ({ page, origin, revoke, grant }) => {
    await page.goto(origin);
    await signInAs(page, "grace");
    await page.goto(`${origin}/invoices`);
    await page.getByRole("heading", { name: "All invoices" }).waitFor();
    await revoke();
    await button(page, "Delete").waitFor();
    await grant();
    await link(page, "Invoices").click();
    await page.getByRole("heading", { name: "All invoices" }).waitFor();
  },
  "going forward shows a new user nothing that the server rendered for the previous user, in this tab and in another": async ({ page, origin }) => {
    const other = await openTab(page.context());
    for (const each of [page, other]) {
      await each.goto(origin);
      await visitInvoices(each, "grace");
    }
    await signOut(page);
    await other.getByLabel("User").waitFor();
    await signInAs(page, "ada");
    await other.getByText("Signed in as ada").waitFor();
    for (const each of [page, other]) {
      assert.deepEqual(await usersSeenForward(each, "ada"), ["ada"]);
      assert.equal(await each.getByText("For grace").count(), 0);
    }
    page.complaints.push(...other.complaints);
    await other.close();
  },
  "a change of permissions of the same user causes no request for the page": async ({ page, origin, revoke, grant }) => {
    await page.goto(origin);
    await signOut(page);
    await signInAs(page, "grace");
    await page.goto(origin);
    await page.waitForFunction(() => !document.querySelector("button[disabled]"));
    const pages = [];
    page.on("request", (request) => "rsc" in request.headers() && !("next-router-prefetch" in request.headers()) && pages.push(request.url()));
    await revoke();
    await page.getByText("You may not see invoices.").waitFor();
    await grant();
    await button(page, "Show").waitFor();
    assert.deepEqual(pages, []);
  },
  "without a user a link to the guarded page leads to the sign-in, and that leads back, with the query": async ({ page, origin }) => {
    await page.goto(origin);
    await signOut(page);
    await page.goto(`${origin}/invoices?year=2026`);
    await page.getByLabel("User").waitFor();
    assert.equal(page.url(), `${origin}/?back=%2Finvoices%3Fyear%3D2026`);
    await page.waitForFunction(() => !document.querySelector("button[disabled]"));
    await enter(page, "grace");
    await page.getByText("For grace").waitFor();
    assert.equal(page.url(), `${origin}/invoices?year=2026`);
  },
  "a user who goes back to the address of the sign-in, while signed in, comes to the page that was wanted there": async ({ page, origin }) => {
    await page.goto(origin);
    await page.waitForFunction(() => !document.querySelector("button[disabled]"));
    await button(page, "Show").waitFor();
    await page.evaluate(() => history.pushState(null, "", "/?back=%2Finvoices"));
    await page.getByText("For grace").waitFor();
    assert.equal(page.url(), `${origin}/invoices`);
  },
  "the sign-in waits for an answer before it sends another request, and its problem does not outlast the form": async ({ page, origin }) => {
    const waiting = await openPage(page.context().browser());
    await waiting.goto(origin);
    await waiting.waitForFunction(() => !document.querySelector("button[disabled]"));
    let answer;
    const answered = new Promise((resolve) => (answer = resolve));
    await waiting.route("**/api/session", async (route) => {
      await answered;
      await route.fulfill({ status: 401 });
    });
    await enter(waiting, "grace");
    await waiting.waitForFunction(() => document.querySelector("form button[disabled]"));
    answer();
    const problem = waiting.getByRole("alert").filter({ hasText: "is wrong" });
    await problem.waitFor();
    await waiting.unroute("**/api/session");
    // The user signs in elsewhere, and out again.
    const other = await openTab(waiting.context());
    await other.goto(origin);
    await other.waitForFunction(() => !document.querySelector("button[disabled]"));
    await signInAs(other, "grace");
    await waiting.getByText("Signed in as grace").waitFor();
    assert.equal(await problem.count(), 0);
    await signOut(other);
    await waiting.getByLabel("User").waitFor();
    assert.equal(await problem.count(), 0);
    await waiting.context().close();
  },
  "the server's answer is the whole page: where JavaScript is off, the granted elements are shown": async ({ page, origin }) => {
    const [session] = await page.context().cookies(origin);
    const plain = await openPage(page.context().browser(), { javaScriptEnabled: false, storageState: { cookies: [session], origins: [] } });
    await plain.goto(origin);
    assert.equal(await button(plain, "Show").isVisible(), true);
    assert.equal(await plain.getByText("…").count(), 0);
    await plain.goto(`${origin}/invoices`);
    assert.equal(await plain.getByText("For grace").isVisible(), true);
    await plain.context().close();
  },
  "a session that ends while the guarded page is open leads to the sign-in, which leads back": async ({ page, origin }) => {
    await page.goto(`${origin}/invoices?year=2026`);
    await page.waitForFunction(() => document.querySelector("h1"));
    const other = await openTab(page.context());
    await other.goto(origin);
    await signOut(other);
    await page.getByLabel("User").waitFor();
    assert.equal(page.url(), `${origin}/?back=%2Finvoices%3Fyear%3D2026`);
    await enter(page, "grace");
    await page.getByText("For grace").waitFor();
    page.complaints.push(...other.complaints);
    await other.close();
  },
  "a sign-out without a network stays in the page, and can be repeated when the network is back": async ({ page, origin }) => {
    const offline = await openPage(page.context().browser());
    await offline.goto(origin);
    await offline.waitForFunction(() => !document.querySelector("button[disabled]"));
    await signInAs(offline, "grace");
    await visitInvoices(offline, "grace");
    await offline.context().setOffline(true);
    let asked = 0;
    offline.on("requestfailed", (request) => void (asked += Number(request.method() === "HEAD")));
    await button(offline, "Sign out").click();
    const alert = offline.getByRole("alert").filter({ hasText: "did not end the session" });
    await alert.waitFor();
    await until("the server is asked in vain", () => asked > 0);
    let refreshed = 0;
    offline.on("response", (response) => void (refreshed += Number("rsc" in response.request().headers())));
    await offline.context().setOffline(false);
    await until("the router requests the page again", () => refreshed > 0);
    await alert.waitFor();
    const ended = offline.waitForResponse((response) => response.request().method() === "DELETE");
    await button(offline, "Sign out again").click();
    await ended;
    await alert.waitFor({ state: "detached" });
    await offline.reload();
    await offline.getByLabel("User").waitFor();
    await offline.context().close();
  },
  "the sign-in leads home where a page of another origin is wanted": async ({ page, origin }) => {
    for (const back of ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example/", "http://["]) {
      await page.goto(origin);
      await signOut(page);
      await page.goto(`${origin}/?back=${encodeURIComponent(back)}`);
      await page.waitForFunction(() => !document.querySelector("button[disabled]"));
      await signInAs(page, "grace");
      await page.waitForURL(`${origin}/`);
      await button(page, "Show").waitFor();
    }
  },
  "every page has the guide's policy, and where WebAssembly is blocked, the page says so, without a button that cannot help": async ({ page, origin }) => {
    const policy = (await page.goto(origin)).headers()["content-security-policy"];
    assert.match(policy, /^script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'/);
    const blocked = await openPage(page.context().browser());
    // In development, Next needs `eval`, and a policy that allows it allows WebAssembly, too.
    await (policy.includes("'unsafe-eval'") ? removeWebAssembly : blockWebAssembly)(blocked);
    await blocked.goto(origin);
    await blocked.getByRole("alert").filter({ hasText: "the browser blocks WebAssembly" }).waitFor();
    assert.equal(await button(blocked, "Try again").count(), 0);
    assert.equal(await button(blocked, "Sign out").count(), 0);
    assert.equal(await blocked.getByText("…").count(), 0);
    await blocked.context().close();
  },
  "a test that signs in by a request gets the user's page from the server, as the page on testing says": async ({ page, origin }) => {
    const tested = await openPage(page.context().browser());
    const answer = await tested.request.post(`${origin}/api/session`, { data: { user: "grace", password: "grace-demo" } });
    assert.equal(answer.status(), 204);
    assert.match(await (await tested.goto(origin)).text(), /<button[^>]*>Show</);
    await button(tested, "Show").waitFor();
    await tested.context().close();
  },
  "the route that changes permissions refuses users who are not administrators, and answers 400 to a body that is not a list of names": async ({ page, origin }) => {
    const address = `${origin}/api/users/grace/permissions`;
    const put = async (data) => (await page.request.put(address, { data })).status();
    assert.equal(await put(["invoice:view"]), 403);
    assert.equal((await fetch(address, { method: "PUT", body: "[]" })).status, 401);
    await page.goto(origin);
    await signOut(page);
    await signInAs(page, "ada");
    for (const wrong of ["{", { names: [] }, [1]]) assert.equal(await put(wrong), 400, JSON.stringify(wrong));
    assert.equal((await page.request.put(`${origin}/api/users/nobody/permissions`, { data: [] })).status(), 404);
  },
  "the route for signing in answers 401 to a body that does not name a user": async ({ origin }) => {
    for (const body of ["{", "null", "{}", '{"user":"ada"}', '{"user":"toString","password":null}']) {
      assert.equal((await fetch(`${origin}/api/session`, { method: "POST", body })).status, 401, body);
    }
  },
};

/** The last checks: they end the server. */
export const LAST_CHECKS = {
  "a server that is asked to end does so while a page has its stream open": async ({ page, origin, stop }) => {
    const open = await openPage(page.context().browser());
    await open.goto(origin);
    await open.waitForFunction(() => !document.querySelector("button[disabled]"));
    const stream = open.waitForResponse((response) => response.url().endsWith("/events"));
    await signInAs(open, "ada");
    assert.equal((await stream).status(), 200);
    await stop("SIGTERM");
    await open.context().close();
  },
};
