/** The guide's list with permissions per row, and its menu, in React: the files exactly as printed, with the guide's back end. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { endAll } from "../support/processes.mjs";
import { PRINTED, TEMPLATES, compile, develop, filesOf, lay, withoutReact } from "./quick-start-stage.mjs";
import { commandsOf, enter, startBackend } from "./quick-start-steps.mjs";

after(endAll);

test("React: the guide's rows and menu compile, each row follows the grants on its own resource, and so does the page of one row", async (t) => {
  const text = await readFile(join(HERE, "../docs/guide/react.md"), "utf8");
  const backend = await startBackend();
  const { grant, grantRow } = await commandsOf(text, PRINTED, backend, "cbbb");
  const files = Object.assign({}, ...["react", "react sign-in", "react router", "react rows", "react menu"].map((mark) => filesOf(text, mark, backend)));
  files["src/permissions.ts"] = files["src/permissions.ts"].replace(/^ *token: .*\n/m, "");
  assert.ok(files["src/Rows.tsx"] && files["src/Menu.tsx"]);
  const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": withoutReact(files["vite.config.ts"]) });
  await compile(folder);
  const origin = await develop(t, folder);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  await page.goto(`${origin}invoices`);
  await enter(page, "grace-demo");
  const rows = () => page.evaluate(() => [...document.querySelectorAll("li")].map((row) => [row.querySelector("button").disabled, row.querySelector("input").readOnly, row.querySelector("a") !== null]));
  const shows = (text, expected) => until(text, async () => JSON.stringify(await rows()) === JSON.stringify(expected));
  const [deleteOnly, none, all] = [[false, true, false], [true, true, false], [false, false, true]];
  await shows("every invoice may be deleted, and none changed", [deleteOnly, deleteOnly, deleteOnly]);
  await grantRow();
  await shows("only invoice 2 may be changed and deleted", [none, all, none]);
  await page.getByRole("link", { name: "Open 2" }).click();
  await page.getByRole("heading", { name: "Invoice 2" }).waitFor();
  await grant();
  await until("the page of the row is left", () => page.url() === origin);
  await grantRow();
  await page.goto(`${origin}invoices/3`);
  await until("the page of another row is left", () => page.url() === origin);
});
