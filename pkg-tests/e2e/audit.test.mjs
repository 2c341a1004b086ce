/** The page of the audit trail: it shows changes made in the demo, to users who may view it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { assertClean, flipRight, openDemo, settled, signIn } from "./demo.mjs";
import { call } from "./oracle.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("the trail shows the author and the subject of each change with the states before and after, and older entries on request", async (t) => {
  const server = await startServer(t);
  const page = await openDemo(browser, server);
  t.after(() => page.context().close());
  const session = await signIn(page, "ada");
  await flipRight(page, "alan", "contract:view");
  await page.getByTestId("nav-admin-audit").click();
  await settled(page, "admin-audit");
  const [entry] = await call(session, "GET", "/api/admin/audit?act=user.grants");
  const row = page.getByTestId(`audit-${entry.id}`);
  await row.waitFor();
  assert.match(await row.innerText(), /ada\s+set the grants of alan/);
  await row.locator("summary").click();
  assert.match(await row.innerText(), /contract:view/);

  // More than one page of entries: the older ones are loaded on demand.
  for (let number = 0; number < 60; number += 1) {
    await call(session, "POST", "/api/pages/task/records", { title: `Task ${number}` });
  }
  await page.getByTestId("nav-overview").click();
  await page.getByTestId("nav-admin-audit").click();
  await page.getByTestId("more-audit").click();
  await row.waitFor();
  await assertClean(page);
});

test("a user who may not view the trail sees neither its link nor its entries", async (t) => {
  const server = await startServer(t);
  const page = await openDemo(browser, server);
  t.after(() => page.context().close());
  await signIn(page, "alan", "cookie");
  assert.equal(await page.getByTestId("nav-admin-audit").isVisible(), false);
  await page.goto(`${server.origin}/admin/audit`);
  await settled(page, "admin-audit");
  await page.getByTestId("no-longer-permitted").waitFor();
  assert.equal(await page.getByTestId("audit-rows").isVisible(), false);
});
