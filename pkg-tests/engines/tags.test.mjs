/** The tags of `permgate/tags` in each engine: the files that they preload are requested before the script runs, used, and never requested again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { headTags, integrity } from "permgate/tags";
import { join } from "node:path";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";
import { openPage, run } from "./stage.mjs";

const MODULE = "/permgate/permgate.wasm";
const COPY = "/permgate/inline.js";
const FILES = { module: MODULE, stylesheet: "/permgate/cloak.css" };
const NONCE = "3nonce7";

/** Scripts and stylesheets by a nonce alone. */
const BY_NONCE = `default-src 'self'; script-src 'nonce-${NONCE}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'nonce-${NONCE}'; require-trusted-types-for 'script'`;

const WHOLE = "/permgate/whole-permgate.wasm";

/** The page's own program, which starts permgate at once, as applications do. Without an endpoint, it needs the whole module. */
const program = (more) => `import "/main.js";
  window.begun = permgate.createPermissions({ bootstrap: { subject: "u", version: 1, permissions: ["invoice:view"] }${more} }).then((permissions) => permissions.bind(document));`;
const PROGRAM = program(', endpoint: "/none", tabs: false');

/** The files that the tags preload are those of another package. */
const wrong = (tags) => tags.replace(integrity.module, `sha384-${"A".repeat(64)}`);

/** Attributes of older tags. WebKit does not use a file for `fetch` that such a tag has preloaded. */
const CORS = 'as="fetch" crossorigin';

/** Each way to write the tags, under the policy of its page. */
const WAYS = {
  "a strict policy": [headTags(FILES), STRICT_POLICY],
  "a strict policy, with integrity": [headTags({ ...FILES, integrity: true }), STRICT_POLICY],
  "a strict policy, with a tag for CORS": [headTags(FILES).replace('as="fetch"', CORS), STRICT_POLICY],
  "a strict policy, with the attribute integrity": [headTags({ ...FILES, integrity: true }).replace("data-integrity", "integrity"), STRICT_POLICY],
  "a policy of nonces": [headTags({ ...FILES, nonce: NONCE }), BY_NONCE],
  "a policy of nonces, with integrity": [headTags({ ...FILES, nonce: NONCE, integrity: true }), BY_NONCE],
};

/** Serves a page with these tags in its head. */
async function startPage(t, tags, policy, source = PROGRAM) {
  const body = `<!doctype html><meta charset="utf-8"><title>tags</title>${tags}
    <script type="module" nonce="${NONCE}" src="/program.js"></script>
    <button id="view" data-permission="invoice:view">View</button><button id="delete" data-permission="invoice:delete">Delete</button>`;
  const page = { status: 200, headers: { "content-type": "text/html" }, body };
  const script = { status: 200, headers: { "content-type": "text/javascript" }, body: source };
  const folders = { "/": join(HERE, "engines/page"), "/permgate/": DIST, "/e2e/": join(HERE, "e2e") };
  const files = await serve(folders, { policy, intercept: (path) => ({ "/": page, "/program.js": script })[path] });
  const proxy = await startProxy(files.origin);
  t.after(async () => {
    await proxy.close();
    await files.close();
  });
  return proxy;
}

/** Opens the page, and returns the elements that are displayed when permgate runs. */
async function opened(driver, origin) {
  await openPage(driver, origin);
  return run(driver, async () => {
    await window.begun;
    return window.shown();
  });
}

forEachEngine((engine) => {
  for (const [name, [tags, policy]] of Object.entries(WAYS)) {
    const times = engine.name === "webkit" && tags.includes(CORS) ? 2 : 1;
    test(`under ${name}, the module is requested before the script arrives, ${times === 1 ? "once" : "twice"} in all`, async (t) => {
      const { driver } = engine;
      const proxy = await startPage(t, tags, policy);
      proxy.stall("/program.js");
      // Navigating waits for the script, too.
      const shown = opened(driver, proxy.origin);
      await until("the module is asked for", () => proxy.asked(MODULE) === 1);
      proxy.flow();
      assert.deepEqual(await shown, ["view"]);
      assert.equal(proxy.asked(MODULE), times);
      assert.equal(proxy.asked(COPY), 0);
      assert.ok(await run(driver, () => document.querySelector("link[rel=stylesheet]").sheet !== null), "the preloaded stylesheet is not in force");
    });
  }

  test("without an endpoint, the whole module that the tag has preloaded is used, and is requested once", async (t) => {
    const { driver } = engine;
    const tags = headTags({ module: WHOLE, stylesheet: FILES.stylesheet, integrity: true, whole: true });
    const proxy = await startPage(t, tags, STRICT_POLICY, program(""));
    assert.deepEqual(await opened(driver, proxy.origin), ["view"]);
    assert.deepEqual([WHOLE, MODULE, COPY].map((path) => proxy.asked(path)), [1, 0, 0]);
  });

  test("a module that does not match the tag's integrity is not run, and the copy in JavaScript runs instead", async (t) => {
    const { driver } = engine;
    const proxy = await startPage(t, wrong(headTags({ ...FILES, integrity: true })), STRICT_POLICY);
    assert.deepEqual(await opened(driver, proxy.origin), ["view"]);
    assert.equal(proxy.asked(COPY), 1);
  });
});
