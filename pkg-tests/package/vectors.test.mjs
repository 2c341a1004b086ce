/** Runs the vectors that all forms of permgate share on the package in Chromium. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** An empty page: the test loads everything into it. */
const PAGE = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><title>Vectors</title>" };

test("F37 F38 F39 in a page, the package gives the results of all vectors", async (t) => {
  const folders = { "/permgate/": DIST, "/vectors/": join(HERE, "../tests/vectors") };
  const intercept = (path) => (path === "/" ? PAGE : undefined);
  const server = await serve(folders, { policy: STRICT_POLICY, intercept });
  t.after(() => server.close());
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  const { checked, failures } = await page.evaluate(async () => {
    const [permgate, { FILES, run }] = await Promise.all([import("/permgate/index.js"), import("/vectors/run.mjs")]);
    const read = async (name) => [name, await (await fetch(`/vectors/${name}.json`)).json()];
    return run(permgate, Object.fromEntries(await Promise.all(Object.keys(FILES).map(read))));
  });
  assert.deepEqual(failures, []);
  assert.ok(Object.values(checked).every((count) => count > 0), JSON.stringify(checked));
  assert.deepEqual(page.complaints, []);
});
