/** Runs an application of the files that a guide prints, with the back end that comes with the package, as the guide says. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, openTab } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { followFromOtherSite } from "../support/other-site.mjs";
import { freePort, start } from "../support/processes.mjs";
import { run } from "./prepare.mjs";

/** The address of the back end in the guides; that of Next has its back end in the application. */
const PRINTED = "http://127.0.0.1:8787";
const PRINTED_KIT = "http://localhost:3000";

/** Starts the back end by the path that the guides print; returns the address that the back end prints. */
export async function startPrinted(folder) {
  const running = start(process.execPath, [join(folder, "node_modules/permgate/docs/contract/demo.mjs")], { PORT: String(await freePort()) });
  return running.line(/listens on (http:\S+)$/);
}

/**
 * Has `permgate files` write the files of the guide into the folder, also its tests (`hasTests`), with the address of
 * the back end, if that is not in the application; gives the guide's commands, which revoke and grant as ada, for a
 * back end at an address.
 */
export function layOutPrinted(folder, guide, backend, { hasTests = false } = {}) {
  for (const part of hasTests ? [[], ["test"]] : [[]]) {
    const written = run(folder, ["permgate", "files", guide, ...part, "--replace"]);
    assert.ok(!written.includes("by hand"), written);
  }
  if (backend) {
    for (const path of run(folder, ["permgate", "files", guide, "--list"]).trim().split("\n")) {
      const text = readFileSync(join(folder, path), "utf8");
      writeFileSync(join(folder, path), text.replaceAll(PRINTED, backend));
    }
  }
  const text = readFileSync(join(folder, `node_modules/permgate/docs/guide/${guide}.md`), "utf8");
  const commands = [...text.matchAll(/^ *curl -([cb]) ada\.cookie (-X PUT )?-H "Content-Type: application\/json" -d '(.*)' (\S+)$/gm)];
  assert.deepEqual(commands.map(([, kind]) => kind).join(""), "cbb", "the guide does not have three commands that sign in, revoke and grant");
  return (at) => {
    let cookie = "";
    const [signIn, revoke, grant] = commands.map(([, , put, body, address]) => async () => {
      const there = address.replace(backend ? PRINTED : PRINTED_KIT, at);
      const answer = await fetch(there, { method: put ? "PUT" : "POST", headers: { "content-type": "application/json", cookie }, body });
      assert.equal(answer.status, 204, there);
      cookie ||= answer.headers.getSetCookie()[0].split(";")[0];
    });
    return { signIn, revoke, grant };
  };
}

/** The console messages that the checks provoke. */
const EXPECTED = [/the server responded with a status of 401 /, /^warning: permgate: the endpoint answered 401; sign in, /];

const button = (page, name) => page.getByRole("button", { name, exact: true });
const link = (page, name) => page.getByRole("link", { name, exact: true });

/** An element that the server rendered without leaving its display to the stylesheet. */
const SHOW = /<button(?! data-permission)[^>]*>Show<|<button[^>]* data-permission-state="granted"[^>]*>Show</;

/** The checks, by their names in reports. They run in this order, on one page, and build on each other. */
const CHECKS = {
  "nothing is shown before sign-in, and the HTML shows nothing": async ({ page, origin }) => {
    const answer = await page.goto(origin);
    assert.doesNotMatch(await answer.text(), SHOW);
    await page.getByLabel("User").waitFor();
    assert.equal(await button(page, "Show").isVisible(), false);
  },
  "a wrong password is refused, and after the right password the granted elements are shown": async ({ page }) => {
    for (const password of ["wrong", "grace-demo"]) {
      await page.getByLabel("User").fill("grace");
      await page.getByLabel("Password").fill(password);
      await button(page, "Sign in").click();
      // Next has an element of that role, too, which is empty.
      await (password === "wrong" ? page.getByRole("alert").filter({ hasText: "password" }) : button(page, "Show")).waitFor();
    }
    assert.equal(await button(page, "Delete").isEnabled(), true);
    assert.equal(await button(page, "Users").isVisible(), false);
  },
  "after a reload the HTML has the granted elements, and caches may not store it": async ({ page, origin }) => {
    const answer = await page.goto(origin);
    assert.match(await answer.text(), SHOW);
    assert.match(answer.headers()["cache-control"], /no-store/);
    await button(page, "Show").waitFor();
    // The instance is created.
    await page.waitForFunction(() => !document.querySelector("button[disabled]"));
  },
  "a page with a requirement opens, and is left at once when its permission is revoked": async ({ page, signIn, revoke }) => {
    await link(page, "Invoices").click();
    await page.getByRole("heading", { name: "All invoices" }).waitFor();
    await signIn();
    await revoke();
    await button(page, "Delete").waitFor();
    assert.equal(await link(page, "Invoices").count(), 0);
    assert.equal(new URL(page.url()).pathname, "/");
    assert.equal(await button(page, "Show").isVisible(), false);
  },
  "the address of a page with a requirement leads to the home page while it is denied, and opens the page after a grant": async ({ page, origin, grant }) => {
    await page.goto(`${origin}/invoices`);
    await button(page, "Delete").waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    await grant();
    await button(page, "Show").waitFor();
    const answer = await page.goto(`${origin}/invoices`);
    assert.match(await answer.text(), /<h1>All invoices/);
    await page.getByRole("heading", { name: "All invoices" }).waitFor();
  },
  "a link on another site opens the page with a requirement, although it brings no cookie": async ({ page, origin }) => {
    await followFromOtherSite(page, `${origin}/invoices`);
    await page.getByRole("heading", { name: "All invoices" }).waitFor();
    await until("the address is that of the page", () => page.url() === `${origin}/invoices`);
  },
  "signing out hides everything": async ({ page, origin }) => {
    await page.goto(origin);
    const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
    await button(page, "Sign out").click();
    await ended;
    await page.getByLabel("User").waitFor();
    assert.equal(await button(page, "Show").isVisible(), false);
  },
  "a sign-out that the server did not answer can be repeated": async ({ page, origin }) => {
    // A tab of its own: the page's console stays clean.
    const tab = await openTab(page.context());
    await tab.goto(origin);
    const session = "**/api/session";
    const alert = tab.getByRole("alert").filter({ hasText: "did not end the session" });
    const signInAndOut = async () => {
      await tab.getByLabel("User").fill("grace");
      await tab.getByLabel("Password").fill("grace-demo");
      await button(tab, "Sign in").click();
      await button(tab, "Show").waitFor();
      assert.equal(await alert.count(), 0);
      await tab.route(session, (route) => route.abort());
      await button(tab, "Sign out").click();
      await alert.waitFor();
      await tab.unroute(session);
    };
    const again = async () => {
      const ended = tab.waitForResponse((response) => response.request().method() === "DELETE");
      await button(tab, "Sign out again").click();
      const status = (await ended).status();
      await alert.waitFor({ state: "detached" });
      return status;
    };
    // The second time somebody signs in while the page still says so.
    await signInAndOut();
    await signInAndOut();
    // After a restart, a server may know no session any more, and answer 401.
    await tab.route(session, (route) => route.fulfill({ status: 401 }));
    assert.equal(await again(), 401);
    await tab.unroute(session);
    await signInAndOut();
    assert.equal(await again(), 204);
    await tab.reload();
    await tab.getByLabel("User").waitFor();
    await tab.close();
  },
};

/** The last check on a page; a stack's own last checks may end its server. */
const AT_THE_END = {
  "the console is clean": ({ page }) => {
    assert.deepEqual(page.complaints.filter((text) => !EXPECTED.some((pattern) => pattern.test(text))), []);
  },
};

/** Runs all checks, with `more` and the `last` of a stack's own, up to the first that fails; gives a list of `{ name, error }`. */
export async function checkPrinted(browser, origin, commands, more = {}, last = {}) {
  // Development servers build at the first requests, and reload the page when they have built more.
  for (const path of ["/", "/invoices", "/"]) {
    const first = await openPage(browser);
    await first.goto(origin + path, { waitUntil: "networkidle" });
    await button(first, "Sign in").waitFor();
    await first.waitForFunction(() => !document.querySelector("form button[disabled]"));
    await first.context().close();
  }
  const page = await openPage(browser);
  const results = [];
  for (const [name, check] of Object.entries({ ...CHECKS, ...more, ...AT_THE_END, ...last })) {
    const error = await Promise.resolve().then(() => check({ page, origin, ...commands })).then(() => null, (failure) => failure.message);
    results.push({ name, error });
    if (error !== null) break;
  }
  await page.context().close();
  return results;
}
