/** The tests in a browser of the guide's page on testing, as printed: they run with the assertions that they use, on a page with the guides' button and a field that is shown while nobody is signed in, and with the guides' back end. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "node:test";
import { build } from "esbuild";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { freePort, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve } from "../support/static-server.mjs";
import { filesOf } from "./quick-start-stage.mjs";

const PAGE = `<!doctype html><title>Invoices</title><link rel="stylesheet" href="/permgate/cloak.css"><button data-permission="invoice:view">Show</button><input aria-label="User" hidden>
<script type="module">
import { createPermissions } from "/permgate/index.js";
const permissions = await createPermissions({ endpoint: "/api/me/permissions", push: { events: "/api/me/permissions/events" } });
permissions.bind(document);
const show = (status) => (document.querySelector("input").hidden = status !== "unauthenticated");
permissions.on("status", show);
show(permissions.status);
</script>`;

/** The part of Playwright's test runner that the printed tests use, with the browser of these tests. */
const RUNNER = `
export const tests = new Map();
export const test = (name, body) => void tests.set(name, body);
export const expect = (locator) => ({ toBeVisible: () => locator.waitFor(), toBeHidden: (options) => locator.waitFor({ state: "hidden", ...options }) });
`;

/** The printed tests by name. */
async function printedTests(t) {
  const folder = await mkdtemp(join(HERE, "package/quick-start-"));
  t.after(() => rm(folder, { recursive: true }));
  const files = filesOf(await readFile(join(HERE, "../docs/guide/testing.md"), "utf8"), "browser test", "");
  assert.deepEqual(Object.keys(files), ["e2e/permissions.ts", "e2e/invoices.spec.ts", "e2e/session.spec.ts"]);
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path.replace("e2e/", "")), text);
  await writeFile(join(folder, "runner.mjs"), RUNNER);
  for (const name of ["invoices", "session"]) {
    const outfile = join(folder, `${name}.mjs`);
    await build({ entryPoints: [join(folder, `${name}.spec.ts`)], outfile, bundle: true, format: "esm", alias: { "@playwright/test": "./runner.mjs" }, external: ["./runner.mjs"] });
    await import(pathToFileURL(outfile).href);
  }
  return (await import(pathToFileURL(join(folder, "runner.mjs")).href)).tests;
}

test("the guide's tests in a browser pass, and leave no complaint in the console but the expected 401", async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const server = await serve({ "/permgate/": DIST }, { intercept: (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html" }, body: PAGE } : undefined) });
  t.after(() => server.close());
  const backend = start(process.execPath, [join(PACKAGE, "docs/contract/demo.mjs")], { PORT: String(await freePort()) });
  t.after(() => backend.end());
  const api = await backend.line(/listens on (http:\S+)$/);
  const { origin: baseURL, close } = await startProxy((path) => (path.startsWith("/api/") ? api : server.origin));
  t.after(close);
  const tests = await printedTests(t);
  assert.equal(tests.size, 3);
  for (const [name, body] of tests) {
    const page = await openPage(browser, { baseURL });
    const apart = await browser.newContext({ baseURL });
    await body({ page, request: apart.request });
    await apart.close();
    const unexpected = page.complaints.filter((text) => !/status of 401/.test(text));
    assert.deepEqual(unexpected, [], name);
    await page.context().close();
  }
});
