/** The plugin `permgate/vite`: the page that Vite builds links the stylesheet and preloads the module, under a strict policy and below any base. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { access, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as vite from "vite";
import { permgate } from "permgate/vite";
import { launch, openPage } from "../support/chromium.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY } from "../support/static-server.mjs";
import { isPreloaded } from "./preloaded.mjs";
import { served } from "./served.mjs";
import { outcome, shown } from "./shown.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Builds the ten-line application; returns the folder and the page. */
async function buildApp(t, base, { options, html } = {}) {
  const out = await mkdtemp(join(tmpdir(), "permgate-vite-"));
  t.after(() => rm(out, { recursive: true }));
  await vite.build({ root: join(HERE, "package/app"), base, ...(html ? { html } : {}), configFile: false, logLevel: "error", plugins: [permgate(options)], build: { outDir: out, emptyOutDir: true } });
  await copyFile(join(HERE, "package/plain/permissions.json"), join(out, "permissions.json"));
  return { out, html: await readFile(join(out, "index.html"), "utf8") };
}

for (const base of ["/", "/app/"]) {
  test(`with the Vite plugin and the base ${base}, the module is requested once, before the script runs, and the console stays empty`, async (t) => {
    const { out, html } = await buildApp(t, base);
    const [link, preload] = ["stylesheet", "preload"].map((rel) => html.match(new RegExp(`<link rel="${rel}"[^>]*>`))?.[0]);
    assert.match(link, new RegExp(`href="${base}assets/cloak-[^"]+\\.css"`));
    assert.match(preload, new RegExp(`as="fetch" type="application/wasm" href="${base}assets/permgate-[^"]+\\.wasm"`));
    assert.ok(html.indexOf(link) < html.indexOf("<script"), "the stylesheet is not linked before the scripts");
    assert.doesNotMatch(html, /<style|<script(?![^>]*src=)/, "the page has an inline script or style");
    await isPreloaded(t, browser, { out, base, policy: STRICT_POLICY });
  });
}

test("with the Vite plugin's integrity and first look, under a policy that allows scripts and stylesheets by a nonce alone, module and document are requested once", async (t) => {
  const options = { integrity: true, firstLook: { endpoint: "/permissions.json" } };
  const { out, html } = await buildApp(t, "/", { options, html: { cspNonce: "3nonce7" } });
  for (const file of ["cloak", "permgate", "first-look"]) {
    const [tag] = html.match(new RegExp(`<(?:link|script) [^>]*/${file}-[^>]*>`)) ?? [""];
    const [, name, expected] = [tag, tag.match(/(?:href|src)="\/([^"]+)"/)?.[1], tag.match(/ (?:data-)?integrity="([^"]+)"/)?.[1]];
    assert.equal(expected, `sha384-${createHash("sha384").update(await readFile(join(out, name))).digest("base64")}`, tag);
  }
  const policy = "default-src 'self'; script-src 'nonce-3nonce7' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'nonce-3nonce7'; require-trusted-types-for 'script'";
  await isPreloaded(t, browser, { out, base: "/", policy });
});

test("with the Vite plugin's option `whole`, the whole module is preloaded, and a page that needs only the smaller one works, too", async (t) => {
  const { out, html } = await buildApp(t, "/", { options: { whole: true, integrity: true } });
  const [, name, digest] = html.match(/<link rel="preload"[^>]* href="\/(assets\/whole-permgate-[^"]+\.wasm)"[^>]* data-integrity="([^"]+)"/) ?? [];
  assert.equal(digest, `sha384-${createHash("sha384").update(await readFile(join(out, name))).digest("base64")}`, html);
  const { server, page } = await served(t, browser, { "/": out }, { policy: STRICT_POLICY });
  await page.goto(`${server.origin}/`);
  assert.equal(await outcome(page), "granted");
  const modules = server.requests.filter((path) => path.endsWith(".wasm"));
  assert.deepEqual(modules.map((path) => path.includes("whole")).sort(), [false, true], modules.join());
});

test("with the Vite plugin and a relative base, a page in a folder of the build finds stylesheet and module", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "permgate-vite-"));
  t.after(() => rm(root, { recursive: true }));
  await cp(join(HERE, "package/app"), join(root, "deep/er"), { recursive: true });
  const html = await readFile(join(HERE, "package/app/index.html"), "utf8");
  await writeFile(join(root, "deep/er/index.html"), html.replace("/main.js", "./main.js"));
  await symlink(join(HERE, "node_modules"), join(root, "node_modules"));
  const out = join(root, "out");
  const build = { outDir: out, rollupOptions: { input: join(root, "deep/er/index.html") } };
  await vite.build({ root, base: "./", configFile: false, logLevel: "error", plugins: [permgate()], build });
  const built = await readFile(join(out, "deep/er/index.html"), "utf8");
  for (const rel of ["stylesheet", "preload"]) {
    const [, href] = built.match(new RegExp(`<link rel="${rel}"[^>]* href="([^"]+)"`));
    await access(join(out, "deep/er", href));
  }
});

test("in Vite's development server, the plugin links the stylesheet, a first look runs, and the console stays empty", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "permgate-vite-"));
  t.after(() => rm(folder, { recursive: true }));
  // The application without its own stylesheet.
  const main = (await readFile(join(HERE, "package/app/main.js"), "utf8")).replace('import "permgate/cloak.css";\n', "");
  await writeFile(join(folder, "main.js"), main);
  await copyFile(join(HERE, "package/app/index.html"), join(folder, "index.html"));
  await mkdir(join(folder, "public"));
  await copyFile(join(HERE, "package/plain/permissions.json"), join(folder, "public/permissions.json"));
  await symlink(join(HERE, "node_modules"), join(folder, "node_modules"));
  const server = await vite.createServer({
    root: folder, cacheDir: join(folder, "cache"), configFile: false, logLevel: "error", plugins: [permgate({ firstLook: { endpoint: "/permissions.json" } })],
    server: { port: 0, host: "127.0.0.1", fs: { strict: false } },
  });
  t.after(() => server.close());
  await server.listen();
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const sheet = page.waitForResponse(/cloak\.css$/);
  const script = page.waitForResponse(/first-look\.js$/);
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
  assert.match((await sheet).headers()["content-type"], /^text\/css/);
  assert.match((await script).headers()["content-type"], /^text\/javascript/);
  assert.equal(await outcome(page), "granted");
  assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
  assert.deepEqual(page.complaints, []);
});
