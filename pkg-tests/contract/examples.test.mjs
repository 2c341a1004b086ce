/** The applications of examples/ with the packed package, built and started as their README says, in a browser. */

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as vite from "vite";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { start } from "../support/processes.mjs";
import { check, command } from "./checker.mjs";

const EXAMPLES = join(HERE, "../examples");
const DOCUMENT = "/api/me/permissions";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Builds an example in a folder from which our packages are found, and starts it. */
async function run(t, name) {
  const folder = await mkdtemp(join(HERE, "contract/example-"));
  t.after(() => rm(folder, { recursive: true }));
  await cp(join(EXAMPLES, name), folder, { recursive: true, filter: (path) => !/node_modules|\/dist$/.test(path) });
  await vite.build({ root: folder, configFile: join(folder, "vite.config.mjs"), logLevel: "error" });
  const program = start(process.execPath, ["server.mjs"], { PORT: "0", DATABASE: join(folder, "test.db") }, folder);
  t.after(() => program.end());
  return await program.line(/^listening on (\S+)/);
}

/** A page on which a user has signed in. */
async function signIn(t, origin, user) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(origin);
  await page.fill("[name=user]", user);
  await page.fill("[name=password]", `${user}-demo`);
  await page.click("#sign-in button");
  return page;
}

const isShown = (page, id) => page.evaluate((id) => document.getElementById(id).checkVisibility(), id);
const shows = (page, id) => until(`#${id} is shown`, () => isShown(page, id));
const hides = (page, id) => until(`#${id} is hidden`, async () => !(await isShown(page, id)));
const streamIsOpen = (page, asked) => until("the stream of the page is open", () => asked.some((url) => url.endsWith("/events") && url.startsWith(new URL(page.url()).origin)));

async function assertPasses(args, env) {
  const { status, report } = await check([...args, "--within", "10", "--timeout", "20"], { env });
  assert.deepEqual(report.checks.filter(({ outcome }) => outcome !== "passed" && outcome !== "not-asked"), []);
  assert.equal(status, 0);
}

for (const name of ["express", "hono"]) {
  test(`the example ${name} is below 200 lines, and its packages have the versions that are tested here`, async () => {
    const files = (await readdir(join(EXAMPLES, name), { recursive: true })).filter((path) => /\.(mjs|js|html)$/.test(path) && !/node_modules|dist\//.test(path));
    const texts = await Promise.all(files.map((path) => readFile(join(EXAMPLES, name, path), "utf8")));
    const lines = texts.reduce((sum, text) => sum + text.trimEnd().split("\n").length, 0);
    assert.ok(files.length >= 4 && lines < 200, `${lines} lines`);
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(EXAMPLES, name, "package.json"), "utf8"));
    const { devDependencies: ours } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
    for (const [library, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (library !== "permgate") assert.equal(range, ours[library], library);
    }
  });
}

// The checker waits 15 seconds for a heartbeat of each.
test("the examples work in a browser, and pass the checker", { concurrency: 2 }, async (t) => {
  await Promise.all([
    t.test("express: an administrator revokes a permission, and the page of the other user follows", inExpress),
    t.test("hono: grants on the resources of tenants apply as a user switches from one tenant to the other", inHono),
  ]);
});

async function inExpress(t) {
  const origin = await run(t, "express");
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(origin);
  await shows(page, "sign-in");
  assert.deepEqual([await isShown(page, "add"), await isShown(page, "restrict")], [false, false]);
  await page.fill("[name=user]", "grace");
  await page.fill("[name=password]", "wrong");
  await page.click("#sign-in button");
  await page.fill("[name=password]", "grace-demo");
  await page.click("#sign-in button");
  await shows(page, "add");
  await hides(page, "sign-in");
  assert.equal(await isShown(page, "restrict"), false);
  await page.click("#add");
  await until("the invoice is listed", async () => (await page.textContent("#invoices")) === "PaperInvoice of grace");
  await streamIsOpen(page, asked);

  const ada = await signIn(t, origin, "ada");
  await shows(ada, "restrict");
  await ada.click("#restrict");
  await hides(page, "add");
  assert.equal(await isShown(page, "invoices"), true);
  assert.equal(await page.evaluate(async () => (await fetch("/api/invoices", { method: "POST" })).status), 403);

  const [{ name, value }] = await ada.context().cookies();
  const put = (names) => command(`${origin}/api/users/ada/permissions`, { method: "PUT", headers: { cookie: `${name}=${value}`, "content-type": "application/json" }, body: JSON.stringify(names) });
  const all = ["user:edit", "invoice:view", "invoice:create"];
  const url = origin + DOCUMENT;
  const args = ["--url", url, "--events", `${url}/events`, "--poll", "--api", `${origin}/api/invoices`, "--change-with", put(all.slice(0, 2)), "--restore-with", put(all)];
  await assertPasses(args, { PERMGATE_COOKIE: `${name}=${value}` });

  await page.click("#sign-out");
  await shows(page, "sign-in");
  assert.equal(await isShown(page, "invoices"), false);
  // The page hides its elements before the server has answered.
  await until("the server has deleted the cookie", async () => (await page.context().cookies()).length === 0);
}

async function inHono(t) {
  const origin = await run(t, "hono");
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(origin);
  await page.fill("[name=user]", "grace");
  await page.fill("[name=password]", "grace-demo");
  await page.click("#sign-in button");
  await shows(page, "acme");
  await until("the invoices are listed", async () => (await page.textContent("#acme ul")) === "Paper");
  assert.deepEqual([await isShown(page, "umbrella"), await isShown(page, "move")], [false, false]);
  await streamIsOpen(page, asked);
  const ada = await signIn(t, origin, "ada");
  await shows(ada, "move");
  await ada.click("#move");
  await hides(page, "acme");
  await shows(page, "umbrella");
  await until("the invoices of the other tenant are listed", async () => (await page.textContent("#umbrella ul")) === "Umbrellas");

  const signedIn = async (user) => (await (await fetch(`${origin}/api/token`, { method: "POST", body: JSON.stringify({ user, password: `${user}-demo` }) })).json()).token;
  const [token, other] = [await signedIn("grace"), await signedIn("ada")];
  const url = origin + DOCUMENT;
  const args = ["--url", url, "--events", `${url}/events`, "--poll", "--api", `${origin}/api/tenants/umbrella/invoices`, "--forbidden", `${origin}/api/tenants/acme/invoices`];
  await assertPasses(args, { PERMGATE_TOKEN: token, PERMGATE_OTHER_TOKEN: other });
}
