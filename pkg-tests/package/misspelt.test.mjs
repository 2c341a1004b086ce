/** Misspelt names of attributes: a page on a developer's host warns of them, and a page in production does not. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST } from "../support/permgate-folder.mjs";
import { serve } from "../support/static-server.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>Names</title><link rel="stylesheet" href="/permgate/cloak.css">
<button data-permissions="invoice:edit">Edit</button>
<button data-permissions="invoice:view">View</button>
<button data-premission="invoice:view">View</button>
<form><input name="getAttributeNames" data-permission-ressource="invoices/1"></form>
<button id="right" data-permission="a" data-permission-resource="b" data-permission-mode="disable" data-permission-reason="">a</button>
<i data-permission-id="1" data-permission-name="2" data-permit="3" data-version="4" data-permission-state="granted"></i>
<script type="module">
import { createPermissions } from "/permgate/index.js";
const permissions = await createPermissions({ bootstrap: ["b"] });
permissions.bind(document);
permissions.bind(document.querySelector("form"));
</script>`;

/** The name of a production host: not one that developers use. */
const HOST = "app.example";

let browser;
let server;
before(async () => {
  browser = await launch({ flags: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`] });
  server = await serve({ "/permgate/": DIST }, { intercept: (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE } : undefined) });
});
after(async () => {
  await browser.close();
  await server.close();
});

const CHUNK = "/permgate/misspelt.js";

/** Opens the page, and waits until modes are in force, whose chunk loads that of misspelt names. */
async function open(t, origin) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  server.requests.length = 0;
  await page.goto(`${origin}/`);
  await page.locator("#right:disabled").waitFor();
  return page;
}

test("during development, each misspelt name is reported once, with the name that is meant, and no other name is reported", async (t) => {
  const names = [["data-permissions", "data-permission"], ["data-premission", "data-permission"], ["data-permission-ressource", "data-permission-resource"]];
  const { complaints } = await open(t, server.origin);
  await until("three names are reported", () => complaints.length >= names.length);
  assert.deepEqual(complaints.map((text) => text.replace(/\? .*$/s, "?")), names.map(([name, meant]) => `warning: permgate: \`${name}\` means nothing; did you mean \`${meant}\`?`));
});

test("on a production host, the code that looks for misspelt names is not even requested", async (t) => {
  const page = await open(t, server.origin.replace("127.0.0.1", HOST));
  // A request of the chunk would have been sent before this one.
  await page.evaluate(() => fetch("/"));
  const { complaints } = page;
  assert.deepEqual([complaints, server.requests.includes(CHUNK)], [[], false]);
});
