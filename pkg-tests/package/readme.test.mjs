/** README's examples, as they stand there: built, served and run. */

import assert from "node:assert/strict";
import { mkdtemp, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";

const README = await readFile(join(HERE, "../README.md"), "utf8");

/** The only example in a language. */
function example(language) {
  const found = [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))];
  assert.equal(found.length, 1, `README has ${found.length} examples in ${language}; say here which one is meant`);
  return found[0][1];
}

test("the ten lines of README do what they say, under a strict policy", async (t) => {
  const out = await mkdtemp(join(tmpdir(), "permgate-readme-"));
  t.after(() => rm(out, { recursive: true }));
  await esbuild.build({
    stdin: { contents: `globalThis.openEditor = () => (document.title = "opened");\n${example("js")}\nglobalThis.permissions = permissions;`, resolveDir: HERE },
    bundle: true,
    format: "esm",
    outfile: join(out, "main.js"),
    logLevel: "error",
  });
  await copyFile(join(DIST, "permgate.wasm"), join(out, "permgate.wasm"));
  const html = `<!doctype html><meta charset="utf-8"><title>README</title><link rel="stylesheet" href="/main.css"><body>${example("html")}<script type="module" src="/main.js"></script>`;
  await writeFile(join(out, "index.html"), html);

  let permissions = JSON.parse(example("json"));
  let refused = 0;
  const server = await serve(
    { "/": out },
    {
      policy: STRICT_POLICY,
      intercept: (path) => {
        if (path === "/api/me/permissions") return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(permissions) };
        if (path !== "/api/invoices") return undefined;
        refused += 1;
        permissions = { ...permissions, version: 43, permissions: ["invoice:edit"] };
        return { status: 403, headers: { "content-type": "application/json" }, body: "{}" };
      },
    },
  );
  t.after(() => server.close());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  await page.goto(`${server.origin}/`);

  const visible = () => page.evaluate(() => [...document.querySelectorAll("[data-permission]")].filter((element) => element.checkVisibility()).map(({ localName }) => localName).join());
  // The 403 has been noticed when the rights are those of the newer document.
  await until("the refusal is noticed", () => page.evaluate(() => globalThis.permissions?.snapshot().version === 43));
  assert.equal(refused, 1);
  assert.equal(await visible(), "button,p");
  assert.equal(await page.evaluate(() => globalThis.permissions.check("report:delete").outcome), "denied");
});
