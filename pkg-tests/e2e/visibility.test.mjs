/** Every tagged element of every page, for every seeded user, against the server's own decisions. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { assertAsDecided, assertClean, openDemo, settled, signIn, tagged, USERS } from "./demo.mjs";
import { call, differences, outcomes } from "./oracle.mjs";
import { startServer } from "./server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The pages that are not made from the catalogue. */
const OTHERS = [
  { path: "/", testId: "overview", link: "nav-overview" },
  { path: "/admin/users", testId: "admin-users", link: "nav-admin-users" },
  { path: "/admin/roles", testId: "admin-roles", link: "nav-admin-roles" },
  { path: "/admin/audit", testId: "admin-audit", link: "nav-admin-audit" },
];

for (const [username, mode] of Object.entries(USERS)) {
  test(`${username} (${mode}) sees on every page exactly what the server's core grants`, async (t) => {
    const server = await startServer(t);
    const page = await openDemo(browser, server);
    t.after(() => page.context().close());
    const session = await signIn(page, username, mode);
    const { pages, permissions } = await call(session, "GET", "/api/catalogue");
    assert.ok(pages.length > 50, `there are only ${pages.length} pages`);
    const places = [
      ...OTHERS,
      ...pages.map(({ key }) => ({ path: `/p/${key}`, testId: `page-${key}`, link: `nav-${key}` })),
    ];

    const counted = [];
    const wrong = [];
    const ways = { menu: 0, address: 0 };
    for (const { path, testId, link } of places) {
      const byMenu = await page.getByTestId(link).isVisible();
      ways[byMenu ? "menu" : "address"] += 1;
      if (byMenu) await page.getByTestId(link).click();
      else await openAddress(page, server.origin, path, mode);
      await settled(page, testId);
      const elements = await tagged(page);
      const outcomeOf = await outcomes(session, elements);
      wrong.push(...differences(elements, outcomeOf).map((text) => `${path}: ${text}`));
      // The menu is on every page, and counts once.
      counted.push(...elements.filter(({ inMenu }) => !inMenu || counted.length === 0));
    }
    assert.deepEqual(wrong, []);
    await assertClean(page);

    const shown = counted.filter(({ displayed }) => displayed).length;
    assert.ok(counted.length > 500, `only ${counted.length} elements were compared`);
    assert.ok(shown > 50 && shown < counted.length, `${shown} of ${counted.length} are shown`);
    for (const permission of permissions) {
      const about = counted.filter(({ requirement }) => requirement.includes(permission));
      assert.ok(about.length > 2, `\`${permission}\` is on ${about.length} elements only`);
    }
    t.diagnostic(`${counted.length} elements, ${shown} shown; ${ways.menu} pages by menu, ${ways.address} by address`);
  });
}

/**
 * Goes to a page without a link. With a cookie, the address is opened anew; a token is in the memory of
 * the page and would be lost, so the address is changed as by the back button.
 */
async function openAddress(page, origin, path, mode) {
  if (mode === "cookie") return void (await page.goto(origin + path));
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

test("a user who opens the address of a forbidden page and then signs in is shown that it is forbidden", async (t) => {
  const server = await startServer(t);
  const page = await openDemo(browser, server, { path: "/p/payroll" });
  t.after(() => page.context().close());
  const session = await signIn(page, "grace");
  await settled(page, "page-payroll");
  assert.ok(await page.getByTestId("no-longer-permitted").isVisible());
  await assertAsDecided(page, session);
  await assertClean(page);
});
