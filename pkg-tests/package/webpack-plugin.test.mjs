/** The plugin `permgate/webpack`: the pages of html-webpack-plugin link the stylesheet and preload the module, which is used and downloaded once. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import HtmlWebpackPlugin from "html-webpack-plugin";
import { PermgatePlugin } from "permgate/webpack";
import webpack from "webpack";
import { launch } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY } from "../support/static-server.mjs";
import { isPreloaded } from "./preloaded.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Builds the ten-line application without its own stylesheet; gives the page. */
async function buildApp(out, publicPath, options) {
  const app = join(HERE, "package/app");
  const entry = join(out, "source.js");
  await writeFile(entry, (await readFile(join(app, "main.js"), "utf8")).replace('import "permgate/cloak.css";\n', ""));
  const html = (await readFile(join(app, "index.html"), "utf8")).replace(/<script.*<\/script>/, "");
  const compiler = webpack({
    mode: "production",
    context: HERE,
    entry,
    resolve: { modules: [join(HERE, "node_modules")] },
    output: { path: out, publicPath, filename: "main.[contenthash].js" },
    performance: false,
    // The order of the two plugins does not matter: ours finds html-webpack-plugin when the build begins.
    plugins: [new PermgatePlugin(options), new HtmlWebpackPlugin({ templateContent: html })],
  });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  await new Promise((resolve) => compiler.close(resolve));
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
  return readFile(join(out, "index.html"), "utf8");
}

test("with the webpack plugin's option `whole`, the whole module is preloaded, with its own digest", async (t) => {
  const out = await mkdtemp(join(tmpdir(), "permgate-webpack-"));
  t.after(() => rm(out, { recursive: true }));
  const html = await buildApp(out, "/", { whole: true, integrity: true });
  const [tag] = html.match(/<link [^>]*rel="?preload"?[^>]*>/) ?? [""];
  const bytes = await readFile(join(out, tag.match(/href="?\/([^" >]+)/)?.[1] ?? "none"));
  const exact = await readFile(join(DIST, "whole-permgate.wasm"));
  assert.ok(bytes.equals(exact), tag);
  assert.ok(tag.includes(`sha384-${createHash("sha384").update(exact).digest("base64")}`), tag);
});

for (const [name, base, publicPath, options] of [
  ["without options", "/", "auto", undefined],
  ["below a public path, with integrity and a first look", "/app/", "/app/", { integrity: true, firstLook: { endpoint: "/permissions.json" } }],
]) {
  test(`with the webpack plugin ${name}, the module is requested once, before the script runs, and the console stays empty`, async (t) => {
    const out = await mkdtemp(join(tmpdir(), "permgate-webpack-"));
    t.after(() => rm(out, { recursive: true }));
    const html = await buildApp(out, publicPath, options);
    for (const rel of ["stylesheet", "preload"]) {
      const [tag] = html.match(new RegExp(`<link [^>]*rel="?${rel}"?[^>]*>`)) ?? [""];
      const address = tag.match(/href="?([^" >]+)/)?.[1] ?? "none";
      const bytes = await readFile(join(out, address.replace(base, "")));
      const expected = options?.integrity ? `sha384-${createHash("sha384").update(bytes).digest("base64")}` : undefined;
      assert.equal(tag.match(/ (?:data-)?integrity="?([^" >]+)/)?.[1], expected, tag);
    }
    const script = html.match(/<script [^>]*data-endpoint="?([^" >]+)/)?.[1];
    assert.equal(script, options?.firstLook?.endpoint);
    await copyFile(join(HERE, "package/plain/permissions.json"), join(out, "permissions.json"));
    await isPreloaded(t, browser, { out, base, policy: STRICT_POLICY });
  });
}
