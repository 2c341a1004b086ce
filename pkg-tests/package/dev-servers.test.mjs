/** The ten-line application in development servers without configuration. */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as esbuild from "esbuild";
import webpack from "webpack";
import WebpackDevServer from "webpack-dev-server";
import { MODULE_WAS_NOT_FOUND_BY_A_DEVELOPMENT_SERVER } from "../../tests/sentences.mjs";
import { launch, openPage } from "../support/chromium.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { outcome, shown } from "./shown.mjs";

const APP = join(HERE, "package/app");
const HTML = await readFile(join(APP, "index.html"), "utf8");
/** For servers that do not put the stylesheet into the page. */
const PAGE = HTML.replace("<script", '<link rel="stylesheet" href="/main.css">\n<script');
const DOCUMENT = JSON.parse(await readFile(join(HERE, "package/plain/permissions.json"), "utf8"));
const HOST = "127.0.0.1";

/** Starts a development server of Vite, with a cache of its own. */
const vite = (name, optimizeDeps) => async (folder) => {
  const { createServer } = await import(name);
  const server = await createServer({
    root: APP,
    configFile: false,
    logLevel: "silent",
    cacheDir: join(folder, "cache"),
    optimizeDeps,
    server: { host: HOST, port: 0 },
  });
  await server.listen();
  return { origin: server.resolvedUrls.local[0], close: () => server.close() };
};

/** Each function starts a server, with a folder to write to, and returns its address and a function that stops it. */
const servers = {
  "Vite 5": vite("vite5"),
  "Vite 7": vite("vite7"),
  "Vite 7 with optimizeDeps.exclude": vite("vite7", { exclude: ["permgate"] }),
  "Vite 8": vite("vite"),

  async "webpack-dev-server"(folder) {
    const compiler = webpack({
      mode: "development",
      context: HERE,
      entry: join(APP, "main.js"),
      output: { path: folder, filename: "main.js" },
      experiments: { css: true },
      infrastructureLogging: { level: "none" },
    });
    const server = new WebpackDevServer(
      {
        host: HOST,
        port: 0,
        static: false,
        setupMiddlewares: (middlewares) => [{ name: "page", path: "/", middleware: (request, response, next) => (request.path === "/" ? response.type("html").send(PAGE) : next()) }, ...middlewares],
      },
      compiler,
    );
    await server.start();
    return { origin: `http://${HOST}:${server.server.address().port}/`, close: () => server.stop() };
  },

  async esbuild(folder) {
    await writeFile(join(folder, "index.html"), PAGE);
    const context = await esbuild.context({ entryPoints: [join(APP, "main.js")], bundle: true, format: "esm", splitting: true, outdir: folder, write: false, logLevel: "silent" });
    const { port } = await context.serve({ host: HOST, servedir: folder });
    return { origin: `http://${HOST}:${port}/`, close: () => context.dispose() };
  },
};

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [name, start] of Object.entries(servers)) {
  test(`served by ${name}, the page shows what the document grants, with at most one warning`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "permgate-dev-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const server = await start(folder);
    t.after(() => server.close());
    const page = await openPage(browser);
    t.after(() => page.context().close());
    await page.route("**/permissions.json", (route) => route.fulfill({ json: DOCUMENT }));
    await page.goto(server.origin);

    assert.equal(await outcome(page), "granted");
    assert.deepEqual(await shown(page), ["open", "view", "edit-one", "not"]);
    const said = page.complaints.filter((complaint) => /permgate|uncaught/.test(complaint));
    assert.ok(said.length <= 1 && said.every((complaint) => MODULE_WAS_NOT_FOUND_BY_A_DEVELOPMENT_SERVER.test(complaint)), said.join("\n"));
  });
}
