/** Binding and flipping 10 000 elements in one page of Chromium, against hand-written JavaScript, CASL with React, and a naive loop. */

import { join } from "node:path";
import * as esbuild from "esbuild";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { ISOLATION, serve } from "../support/static-server.mjs";

/** The folder `dist` of an older version, if given: both versions are measured in turns. */
const { PERMGATE_OLD: OLD } = process.env;

/** Measures everything, and returns the rows and the browser's version. */
export async function domRows() {
  const peer = await bundled("bench/page/casl-react.jsx");
  const server = await serve(
    { "/": join(HERE, "bench/page"), "/bench/": join(HERE, "bench"), "/support/": join(HERE, "support"), "/permgate/": DIST, ...(OLD && { "/old/": OLD }) },
    { headers: ISOLATION, intercept: (path) => (path === "/casl-react.mjs" ? peer : undefined) },
  );
  const browser = await launch({ flags: ["--js-flags=--expose-gc"] });
  try {
    const page = await openPage(browser);
    await page.goto(`${server.origin}/${OLD ? "?old" : ""}`);
    const rows = await page.evaluate(async () => (await import("/main.mjs")).domRows());
    if (page.complaints.length > 0) throw new Error(`the page logged errors: ${page.complaints.join("; ")}`);
    return { rows, browser: browser.version() };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Answers with a module and its imports in one file, as it would be deployed; pages have no bundler. */
async function bundled(path) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(HERE, path)],
    bundle: true,
    format: "esm",
    jsx: "automatic",
    minify: true,
    // Without this, React's development build would be measured.
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
    logLevel: "error",
  });
  return { status: 200, headers: { "content-type": "text/javascript; charset=utf-8" }, body: outputFiles[0].contents };
}
