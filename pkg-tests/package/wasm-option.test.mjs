/** The option `wasm`: every accepted form of the module in Chromium and Node.js, and the refusal of others. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PermgateError, createPermissions } from "permgate";
import { WASM_IS_ANOTHER_MODULE, WASM_OF_A_WRONG_TYPE } from "../../tests/sentences.mjs";
import { launch } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY } from "../support/static-server.mjs";
import { served } from "./served.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Evaluates the source of an option in a page without a module beside the package; returns the outcome, and the downloads. */
async function created(t, wasm) {
  const bytes = await readFile(join(DIST, "permgate.wasm"));
  const files = {
    "/elsewhere/module.wasm": { status: 200, headers: { "content-type": "application/wasm" }, body: bytes },
    "/plain.html": { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html>" },
    "/permgate/permgate.wasm": { status: 404 },
  };
  const { server, page } = await served(t, browser, { "/": join(HERE, "package/plain"), "/permgate/": DIST }, { policy: STRICT_POLICY, intercept: (path) => files[path] });
  await page.goto(`${server.origin}/plain.html`);
  const said = await page.evaluate(async (wasm) => {
    const address = "/elsewhere/module.wasm";
    const wrong = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    const options = {
      text: () => address,
      "a URL": () => new URL(address, location.href),
      "a response": () => fetch(address),
      "a promise of a response": () => fetch(address),
      "an ArrayBuffer": async () => (await fetch(address)).arrayBuffer(),
      bytes: async () => new Uint8Array(await (await fetch(address)).arrayBuffer()),
      "a compiled module": async () => WebAssembly.compileStreaming(fetch(address)),
      "a module of a frame": async () => {
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const bytes = await (await fetch(address)).arrayBuffer();
        return frame.contentWindow.WebAssembly.compile(bytes);
      },
      "the address of a page": () => "/plain.html",
      "a response that is a page": () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
      "a promise that is rejected": () => Promise.reject(new Error("no network")),
      "a number": () => 1,
      null: () => null,
      "an object": () => ({}),
      "a promise of a number": () => Promise.resolve(1),
      "bytes that are not a module": () => new TextEncoder().encode("<!doctype html>"),
      "another module": () => new WebAssembly.Module(wrong),
    };
    const { createPermissions } = await import("/permgate/index.js");
    const given = options[wasm]();
    try {
      // Only some of these values may be given as a promise.
      const isKept = /promise/.test(wasm);
      const permissions = await createPermissions({ bootstrap: ["a"], endpoint: "/none", tabs: false, wasm: isKept ? given : given instanceof Promise ? await given : given });
      return String(permissions.can("a"));
    } catch (error) {
      return `${error.code} ${error.message}`;
    }
  }, wasm);
  return { said, downloaded: server.requests.filter((path) => /\.wasm$|inline/.test(path)) };
}

for (const wasm of ["text", "a URL", "a response", "a promise of a response", "an ArrayBuffer", "bytes", "a compiled module", "a module of a frame"]) {
  test(`with ${wasm} as the option \`wasm\`, the module is started from it and downloaded once`, async (t) => {
    const { said, downloaded } = await created(t, wasm);
    assert.equal(said, "true");
    assert.deepEqual(downloaded, ["/elsewhere/module.wasm"]);
  });
}

for (const wasm of ["the address of a page", "a response that is a page", "a promise that is rejected"]) {
  test(`with ${wasm} as the option \`wasm\`, the copy in JavaScript is used`, async (t) => {
    const { said, downloaded } = await created(t, wasm);
    assert.equal(said, "true");
    assert.deepEqual(downloaded, ["/permgate/inline.js"]);
  });
}

for (const wasm of ["a number", "null", "an object", "a promise of a number"]) {
  test(`${wasm} as the option \`wasm\` is refused with the list of allowed values`, async (t) => {
    const { said, downloaded } = await created(t, wasm);
    assert.match(said, WASM_OF_A_WRONG_TYPE);
    assert.deepEqual(downloaded, []);
  });
}

for (const wasm of ["bytes that are not a module", "another module"]) {
  test(`${wasm} as the option \`wasm\` is refused with advice`, async (t) => {
    const { said, downloaded } = await created(t, wasm);
    assert.match(said, WASM_IS_ANOTHER_MODULE);
    assert.deepEqual(downloaded, []);
  });
}

test("when the module already runs, the option `wasm` of a further instance is checked but not used", async (t) => {
  const first = await createPermissions({ bootstrap: ["a"] });
  t.after(() => first.dispose());
  const second = await createPermissions({ bootstrap: ["b"], wasm: Promise.reject(new Error("nobody waits for it")) });
  t.after(() => second.dispose());
  assert.equal(second.can("b"), true);
  await assert.rejects(createPermissions({ bootstrap: ["b"], wasm: 7 }), (error) => error instanceof PermgateError && error.code === "invalid-option");
});
