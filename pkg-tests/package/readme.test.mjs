/** The examples of README and of the guide to elements, exactly as printed there: built, served and run. */

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

/** Finds the only example in a document with this language and text. */
async function examplesOf(path) {
  const document = await readFile(join(HERE, "..", path), "utf8");
  return (language, text = "") => {
    const found = [...document.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].filter((block) => block[1].includes(text));
    assert.equal(found.length, 1, `${path} has ${found.length} examples in ${language} with \`${text}\`; make the text in this test unambiguous`);
    return found[0][1];
  };
}

test("the ten lines of README work as described, under a strict policy", async (t) => {
  const example = await examplesOf("README.md");
  const out = await mkdtemp(join(tmpdir(), "permgate-readme-"));
  t.after(() => rm(out, { recursive: true }));
  await esbuild.build({
    stdin: { contents: `globalThis.openEditor = () => (document.title = "opened");\n${example("js", "openEditor")}\nglobalThis.permissions = permissions;`, resolveDir: HERE },
    bundle: true,
    format: "esm",
    outfile: join(out, "main.js"),
    logLevel: "error",
  });
  await copyFile(join(DIST, "permgate.wasm"), join(out, "permgate.wasm"));
  const html = `<!doctype html><meta charset="utf-8"><title>README</title>${example("html", "<nav")}<script type="module" src="/main.js"></script>`;
  await writeFile(join(out, "index.html"), html);

  let permissions = JSON.parse(example("json"));
  let refused = 0;
  const server = await serve(
    { "/": out, "/node_modules/permgate/dist/": DIST },
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
  // The 403 has been evaluated when the permissions are those of the newer document.
  await until("the newer document is in force", () => page.evaluate(() => globalThis.permissions?.snapshot().version === 43));
  assert.equal(refused, 1);
  assert.equal(await visible(), "button,p");
  assert.equal(await page.evaluate(() => globalThis.permissions.check("report:delete").outcome), "denied");
});

test("the examples in the guide to elements work as described", async (t) => {
  const example = await examplesOf("docs/guide/elements.md");
  const out = await mkdtemp(join(tmpdir(), "permgate-readme-"));
  t.after(() => rm(out, { recursive: true }));
  await esbuild.build({
    stdin: { contents: `${example("js", "blur(")}\nObject.assign(globalThis, { permissions, binding });`, resolveDir: HERE },
    bundle: true,
    format: "esm",
    outfile: join(out, "main.js"),
    logLevel: "error",
  });
  await copyFile(join(DIST, "permgate.wasm"), join(out, "permgate.wasm"));
  await writeFile(join(out, "main.css"), example("css"));
  const html = `<!doctype html><meta charset="utf-8"><title>README</title><link rel="stylesheet" href="/permgate/cloak.css"><link rel="stylesheet" href="/main.css">
    <body>${example("html", "skeleton")}<i id="own" data-permission="x" data-permission-mode="blur">own</i><script type="module" src="/main.js"></script>`;
  await writeFile(join(out, "index.html"), html);
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  const server = await serve({ "/": out, "/permgate/": DIST }, { policy: STRICT_POLICY });
  t.after(() => server.close());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await openPage(browser);
  await page.route("**/api/me/permissions", async (route) => {
    await answered;
    const grants = [{ permission: "invoice:edit", resource: "tenants/acme/invoices/42", effect: "allow" }];
    await route.fulfill({ json: { permissions: ["report:view"], grants } });
  });
  await page.goto(`${server.origin}/`);
  const seen = () => page.evaluate(() => [...document.querySelectorAll("button,p,#own")].filter((element) => element.checkVisibility()).map((element) => element.textContent + (element.disabled ? " (disabled)" : "") + element.className).join());
  await until("the page is bound", () => page.evaluate(() => globalThis.binding?.size === 4));
  assert.equal(await seen(), "Edit (disabled),Loading …skeleton,ownblurred");
  assert.match(await page.evaluate(() => document.getElementById("edit-42").title), /not been loaded|not loaded/);
  answer();
  await until("the decisions are shown", async () => (await seen()) === "Edit,…,ownblurred");
  const rows = await page.evaluate(() => binding.report().map(({ requirement, resource, mode, state }) => [requirement, resource, mode, state].join(" ")));
  assert.deepEqual(rows.sort(), [
    "invoice:delete tenants/acme/invoices/42 hide denied",
    "invoice:edit tenants/acme/invoices/42 disable granted",
    "report:view  hide granted",
    "x  blur denied",
  ]);
});
