/** A ten-line application built by Vite, esbuild, webpack, Rollup and Parcel, tested in a browser. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { MODES_ARE_MISSING } from "../../tests/sentences.mjs";
import { launch } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY } from "../support/static-server.mjs";
import { served } from "./served.mjs";
import { outcome, shown } from "./shown.mjs";

const APP = join(HERE, "package/app");
const ENTRY = join(APP, "main.js");

/** Each builds the application into a folder: `main.js` and `main.css`, unless the bundler makes a page itself. */
const bundlers = {
  async Vite(out) {
    await vite.build({ root: APP, configFile: false, logLevel: "error", build: { outDir: out, emptyOutDir: true } });
  },

  async esbuild(out) {
    await esbuild.build({ entryPoints: [ENTRY], bundle: true, format: "esm", splitting: true, minify: true, outdir: out, logLevel: "error" });
    // esbuild does not change `new URL(.., import.meta.url)`: the module has to be beside the bundle.
    for (const module of ["permgate.wasm", "whole-permgate.wasm"]) await copyFile(join(DIST, module), join(out, module));
    await page(out);
  },

  async webpack(out) {
    const compiler = webpack({
      mode: "production",
      context: HERE,
      entry: ENTRY,
      output: { path: out, filename: "main.js", module: true },
      experiments: { css: true, outputModule: true },
      performance: false,
    });
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
    await new Promise((resolve) => compiler.close(resolve));
    assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
    await page(out);
  },

  async Rollup(out) {
    const warnings = [];
    const bundle = await rollup({
      input: ENTRY,
      plugins: [stylesheet, nodeResolve({ browser: true }), importMetaAssets()],
      onwarn: ({ message }) => warnings.push(message),
    });
    await bundle.write({ dir: out, format: "es" });
    await bundle.close();
    assert.deepEqual(warnings, []);
    await page(out);
  },
};

/** Bundlers that do not copy the module: the page works by the copy in JavaScript. */
const withoutModule = {
  async "esbuild into one script (iife)"(out) {
    // Scripts of this format have no top-level `await`.
    const code = (await readFile(ENTRY, "utf8")).replace(/(?=const permissions)/, "(async () => {") + "})();";
    const result = await esbuild.build({ stdin: { contents: code, resolveDir: APP }, bundle: true, format: "iife", minify: true, outfile: join(out, "main.js"), logLevel: "error" });
    assert.deepEqual(result.warnings, []);
    await page(out);
  },

  async "esbuild without splitting"(out) {
    await esbuild.build({ entryPoints: [ENTRY], bundle: true, format: "esm", minify: true, outdir: out, logLevel: "error" });
    await page(out);
  },

  async "Rollup with nothing but node-resolve"(out) {
    const bundle = await rollup({ input: ENTRY, plugins: [stylesheet, nodeResolve({ browser: true })] });
    await bundle.write({ dir: out, format: "es" });
    await bundle.close();
    await page(out);
  },
};

/** Bundlers that put the chunks into the entry: webpack would load them by script elements, which the strict policy forbids. */
const takesIn = ["webpack"];

/** Parcel writes an import map into the page, which a strict policy would have to allow by its hash. */
const policies = { Parcel: undefined };
const policyFor = (name) => (name in policies ? policies[name] : STRICT_POLICY);

/** Handles stylesheets as plugins of Rollup do, since Rollup itself does not know them. */
const stylesheet = {
  name: "stylesheet",
  transform(source, id) {
    if (!id.endsWith(".css")) return undefined;
    this.emitFile({ type: "asset", fileName: "main.css", source });
    return { code: "", moduleSideEffects: true };
  },
};

/** The application's page, for bundlers that do not write a page. */
async function page(out) {
  const html = await readFile(join(APP, "index.html"), "utf8");
  await writeFile(join(out, "index.html"), html.replace("<script", '<link rel="stylesheet" href="/main.css">\n<script'));
}

bundlers.Parcel = async (out) => {
  // Parcel looks for its entry in the folders above, and writes its cache there.
  const source = await mkdtemp(join(HERE, "package/parcel-"));
  try {
    await cp(ENTRY, join(source, "main.js"));
    const html = await readFile(join(APP, "index.html"), "utf8");
    await writeFile(join(source, "index.html"), html.replace("/main.js", "main.js"));
    await writeFile(join(source, "package.json"), JSON.stringify({ private: true }));
    const program = join(HERE, "node_modules/.bin/parcel");
    const words = ["build", "index.html", "--dist-dir", out, "--cache-dir", join(source, "cache"), "--no-source-maps", "--no-autoinstall", "--log-level", "warn"];
    const { status, stdout, stderr } = spawnSync(program, words, { cwd: source, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  } finally {
    await rm(source, { recursive: true });
  }
};

/** Builds the application into a folder of its own, and puts the permission document beside it. */
async function built(t, build) {
  const out = await mkdtemp(join(tmpdir(), "permgate-bundle-"));
  t.after(() => rm(out, { recursive: true }));
  await build(out);
  await copyFile(join(HERE, "package/plain/permissions.json"), join(out, "permissions.json"));
  return out;
}

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [name, build] of Object.entries(bundlers)) {
  test(`built by ${name}, the page shows what the document grants, and the module is downloaded once`, async (t) => {
    const out = await built(t, build);

    const { server, page } = await served(t, browser, { "/": out }, { policy: policyFor(name) });
    await page.goto(`${server.origin}/`);

    assert.equal(await outcome(page), "granted");
    assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
    assert.deepEqual(page.complaints, []);
    const modules = (await readdir(out, { recursive: true })).filter((path) => path.endsWith(".wasm"));
    assert.equal(modules.length, 2, `not both builds of the module were written: ${modules}`);
    const ordinary = await readFile(join(DIST, "permgate.wasm"));
    const needed = [];
    for (const path of modules) if (ordinary.equals(await readFile(join(out, path)))) needed.push(`/${path}`);
    assert.deepEqual(server.requests.filter((path) => path.endsWith(".wasm")), needed);
  });

  test(`built by ${name}, the page uses the copy in JavaScript if an HTML page is served in the place of the module`, async (t) => {
    const out = await built(t, build);

    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><p>Single-page application" };
    const { server, page: opened } = await served(t, browser, { "/": out }, { policy: policyFor(name), intercept: (path) => (path.endsWith(".wasm") ? page : undefined) });
    await opened.goto(`${server.origin}/`);

    assert.equal(await outcome(opened), "granted");
    assert.deepEqual(await shown(opened), ["open", "view", "edit-one", "not"]);
  });

  test(`built by ${name}, the chunk of modes is loaded for a disabled button, which stays hidden with one error if the chunk is missing`, async (t) => {
    const out = await built(t, build);
    const html = await readFile(join(out, "index.html"), "utf8");
    await writeFile(join(out, "index.html"), html.replace(/(?=<button id="?view)/, '<button id="off" data-permission="invoice:delete" data-permission-mode="disable">Delete</button>'));
    const chunks = [];
    for (const file of await readdir(out, { recursive: true })) {
      if (file.endsWith(".js") && (await readFile(join(out, file), "utf8")).includes("menuitemcheckbox")) chunks.push(`/${file}`);
    }
    assert.equal(chunks.length, 1, `the chunk of modes is not one file of its own: ${chunks}`);

    const look = async (intercept) => {
      const { server, page } = await served(t, browser, { "/": out }, { policy: policyFor(name), intercept });
      await page.goto(`${server.origin}/`);
      assert.equal(await outcome(page), "granted");
      const isDisabled = await page.evaluate(() => document.querySelector("#off").disabled);
      return { isDisabled, shown: await shown(page), asked: server.requests.filter((path) => path === chunks[0]).length, complaints: page.complaints };
    };
    assert.deepEqual(await look(), { isDisabled: true, shown: ["open", "off", "view", "edit-one", "not"], asked: 1, complaints: [] });
    if (takesIn.includes(name)) return assert.deepEqual(chunks, ["/main.js"]);
    assert.notDeepEqual(chunks, ["/main.js"]);
    const gone = await look((path) => (path === chunks[0] ? { status: 404 } : undefined));
    assert.deepEqual({ isDisabled: gone.isDisabled, shown: gone.shown }, { isDisabled: false, shown: ["open", "view", "edit-one", "not"] });
    assert.equal(gone.complaints.filter((complaint) => MODES_ARE_MISSING.test(complaint)).length, 1, gone.complaints.join("\n"));
  });

  test(`built by ${name}, the page finds the chunk that warns of a misspelt attribute during development, and needs it for nothing else`, async (t) => {
    const out = await built(t, build);
    const html = await readFile(join(out, "index.html"), "utf8");
    await writeFile(join(out, "index.html"), html.replace(/(?=<button id="?view)/, '<button data-permissions="invoice:delete">Delete</button>'));
    const chunks = [];
    for (const file of await readdir(out, { recursive: true })) {
      if (file.endsWith(".js") && (await readFile(join(out, file), "utf8")).includes("means nothing; did you mean")) chunks.push(`/${file}`);
    }
    assert.equal(chunks.length, 1, `the chunk is not one file of its own: ${chunks}`);

    const { server, page } = await served(t, browser, { "/": out }, { policy: policyFor(name) });
    await page.goto(`${server.origin}/`);
    await until("the attribute is reported", () => page.complaints.length > 0);
    assert.match(page.complaints.join("\n"), /^warning: permgate: `data-permissions` means nothing; did you mean `data-permission`\?/);
    if (takesIn.includes(name)) return assert.deepEqual(chunks, ["/main.js"]);
    const { server: other, page: lacking } = await served(t, browser, { "/": out }, { policy: policyFor(name), intercept: (path) => (path === chunks[0] ? { status: 404 } : undefined) });
    await lacking.goto(`${other.origin}/`);
    await until("the chunk is asked for", () => other.requests.includes(chunks[0]));
    assert.equal(await outcome(lacking), "granted");
    assert.deepEqual(lacking.complaints.filter((text) => !/status of 404/.test(text)), []);
  });

  test(`built by ${name}, all tagged elements are hidden if neither the module nor its copy can be loaded`, async (t) => {
    const out = await built(t, build);

    const isModule = async (path) => path.endsWith(".wasm") || (path.endsWith(".js") && (await readFile(join(out, path), "utf8")).includes("DecompressionStream"));
    const copies = (await readdir(out, { recursive: true })).map((path) => `/${path}`);
    const modules = new Set();
    for (const path of copies) if (await isModule(path)) modules.add(path);
    assert.equal(modules.size, 3, `the builds of the module and the copy are not three files: ${[...modules]}`);
    const { server, page } = await served(t, browser, { "/": out }, { policy: policyFor(name), intercept: (path) => (modules.has(path) ? { status: 404 } : undefined) });
    const uncaught = page.waitForEvent("pageerror");
    await page.goto(`${server.origin}/`);

    assert.equal((await uncaught).name, "PermgateError");
    assert.deepEqual(await shown(page), ["open"]);
  });
}

for (const [name, build] of Object.entries(withoutModule)) {
  test(`built by ${name}, the page uses the copy in JavaScript, although no module was built`, async (t) => {
    const out = await built(t, build);

    const { server, page } = await served(t, browser, { "/": out }, { policy: STRICT_POLICY });
    await page.goto(`${server.origin}/`);

    assert.equal(await outcome(page), "granted");
    assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
    assert.deepEqual(page.complaints.filter((complaint) => complaint.startsWith("uncaught")), []);
  });
}
