/** The plugin `permgate/vite`: the page that Vite builds links the stylesheet and preloads the module, under a strict policy and below any base. */

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as vite from "vite";
import { permgate } from "permgate/vite";
import { launch, openPage } from "../support/chromium.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";
import { outcome, shown } from "./shown.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Builds the ten-line application; gives the folder and the page. */
async function built(t, base) {
  const out = await mkdtemp(join(tmpdir(), "permgate-vite-"));
  t.after(() => rm(out, { recursive: true }));
  await vite.build({ root: join(HERE, "package/app"), base, configFile: false, logLevel: "error", plugins: [permgate()], build: { outDir: out, emptyOutDir: true } });
  await copyFile(join(HERE, "package/plain/permissions.json"), join(out, "permissions.json"));
  return { out, html: await readFile(join(out, "index.html"), "utf8") };
}

for (const base of ["/", "/app/"]) {
  test(`with the base ${base}, the module is asked for before the script runs, once, and the console stays empty`, async (t) => {
    const { out, html } = await built(t, base);
    const [link, preload] = ["stylesheet", "preload"].map((rel) => html.match(new RegExp(`<link rel="${rel}"[^>]*>`))?.[0]);
    assert.match(link, new RegExp(`href="${base}assets/cloak-[^"]+\\.css"`));
    assert.match(preload, new RegExp(`as="fetch" type="application/wasm" crossorigin="anonymous" href="${base}assets/permgate-[^"]+\\.wasm"`));
    assert.ok(html.indexOf(link) < html.indexOf("<script"), "the stylesheet comes before the scripts");
    assert.doesNotMatch(html, /<style|<script(?![^>]*src=)/, "nothing is inline");

    let release;
    const held = new Promise((resolve) => (release = resolve));
    const server = await serve({ "/": join(HERE, "package/plain"), [base]: out }, { policy: STRICT_POLICY });
    t.after(() => server.close());
    const page = await openPage(browser);
    t.after(() => page.context().close());
    await page.route(/\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest(/\.wasm$/);
    const opened = page.goto(`${server.origin}${base}`);
    await asked;
    release();
    await opened;
    assert.equal(await outcome(page), "granted");
    assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
    assert.equal(server.requests.filter((path) => path.endsWith(".wasm")).length, 1);
    assert.deepEqual(page.complaints, []);
  });
}
