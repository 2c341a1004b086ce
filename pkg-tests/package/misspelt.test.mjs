/** Misspelt names of attributes: a page on a developer's host warns of them, and a page in production does not. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
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

/** The messages in the page's console once modes are in force, which come with the same chunk. */
async function complaints(t, origin) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${origin}/`);
  await page.locator("#right:disabled").waitFor();
  return page.complaints;
}

test("during development, each misspelt name is reported once, with the name that is meant, and no other name is reported", async (t) => {
  const names = [["data-permissions", "data-permission"], ["data-premission", "data-permission"], ["data-permission-ressource", "data-permission-resource"]];
  const told = await complaints(t, server.origin);
  assert.deepEqual(told.map((text) => text.replace(/\? .*$/s, "?")), names.map(([name, meant]) => `warning: permgate: \`${name}\` means nothing; did you mean \`${meant}\`?`));
});

test("on a production host, there is no warning about misspelt names", async (t) => {
  assert.deepEqual(await complaints(t, server.origin.replace("127.0.0.1", HOST)), []);
});
