/** The package in each engine, under the strictest policy: decisions, binding, changes, and disconnecting. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, begin, ENDPOINT, openPage, run, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

forEachEngine((engine) => {
  test("a page shows the elements that its document grants, and follows the document's changes", async (t) => {
    const authority = await startAuthority(t);
    const { driver } = engine;
    await openPage(driver, authority.origin);
    assert.deepEqual(await run(driver, () => window.shown()), [], "elements are shown before there is an instance");

    await begin(driver, { endpoint: ENDPOINT });
    await showsOnly(driver, SHOWN);
    const answers = await run(driver, () => ["invoice:edit", "invoice:delete", "!invoice:edit"].map((text) => permissions.can(text)));
    assert.deepEqual(answers, [true, false, false]);
    assert.equal(await run(driver, () => document.querySelector("#delete").checkVisibility()), false);

    authority.document = { ...authority.document, version: 2, permissions: ["invoice:view"] };
    await run(driver, () => permissions.refresh());
    await showsOnly(driver, ["view", "not"]);
    await run(driver, () => document.querySelector("#edit").click());

    await run(driver, () => binding.disconnect());
    const left = await run(driver, () => document.querySelectorAll("[data-permission-state]").length);
    assert.equal(left, 0);
    assert.equal(authority.asked(ENDPOINT), 2);
    await assertClean(driver);
  });

  test("the strict policy is in force: an inline script does not run", async (t) => {
    const authority = await startAuthority(t);
    const { driver } = engine;
    await openPage(driver, authority.origin);
    await run(driver, () => {
      const script = document.createElement("script");
      script.append("window.injected = true");
      document.body.append(script);
    }).catch(() => undefined);
    assert.equal(await run(driver, () => window.injected === true), false);
  });
});
