/** Angular's `HttpClient` with `guard.patch`, as the guide for Angular configures it: in Chromium, by fetch and by XMLHttpRequest. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { bundlePrograms } from "./adapters/angular.mjs";

const GUIDE = await readFile(join(HERE, "../docs/guide/angular.md"), "utf8");
/** The options that the guide prints in its section on `HttpClient`. */
const [, OPTIONS] = GUIDE.match(/\n## HttpClient\n.*?```typescript\ncreatePermissions\((\{.*?\})\);\n```/s) ?? [];

const PROGRAM = `
import { HttpClient, provideHttpClient, withFetch } from "@angular/common/http";
import { createApplication } from "@angular/platform-browser";
import { createPermissions } from "permgate";

export async function open(isByFetch: boolean) {
  const permissions = await createPermissions(${OPTIONS});
  await permissions.whenReady();
  const application = await createApplication({ providers: [isByFetch ? provideHttpClient(withFetch()) : provideHttpClient()] });
  const http = application.injector.get(HttpClient);
  const get = (path: string) => new Promise<number>((resolve) => http.get(path, { observe: "response" }).subscribe({ next: ({ status }) => resolve(status), error: ({ status }) => resolve(status) }));
  return { permissions, get };
}
`;

let bundle;
let browser;
before(async () => {
  assert.ok(OPTIONS, "docs/guide/angular.md has no options for HttpClient");
  [bundle] = await bundlePrograms({ "main.ts": PROGRAM }, ["main"]);
  browser = await launch();
});
after(() => browser?.close());

/** A server of a document with one permission, which `revoke` takes away, and of three routes that answer 200, 200 with the version, and 403. */
async function startServer(t, files) {
  const state = { version: 1, permissions: ["invoice:view"], documents: 0 };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (files[pathname]) return response.writeHead(200, { "content-type": files[pathname].type }).end(files[pathname].body);
    const json = { "content-type": "application/json" };
    if (pathname === "/api/me/permissions") {
      state.documents += 1;
      return response.writeHead(200, json).end(JSON.stringify({ subject: "u-1", version: state.version, permissions: state.permissions }));
    }
    if (pathname === "/api/versioned") return response.writeHead(200, { ...json, "permissions-version": `${state.version};sub="u-1"` }).end("{}");
    return response.writeHead({ "/api/plain": 200, "/api/forbidden": 403 }[pathname] ?? 404, json).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const revoke = () => Object.assign(state, { version: state.version + 1, permissions: [] });
  return Object.assign(state, { origin: `http://127.0.0.1:${server.address().port}`, revoke });
}

for (const client of ["fetch", "XMLHttpRequest"]) {
  for (const path of ["/api/forbidden", "/api/versioned"]) {
    test(`the answer of \`${path}\` to a request of HttpClient by ${client} refreshes the permissions, and the application gets it unchanged`, async (t) => {
      const server = await startServer(t, {
        "/": { type: "text/html", body: '<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,"><script type="module">window.application = await import("/main.js");</script>' },
        "/main.js": { type: "text/javascript", body: bundle },
        "/permgate.wasm": { type: "application/wasm", body: await readFile(join(DIST, "permgate.wasm")) },
      });
      const page = await openPage(browser);
      t.after(() => page.context().close());
      await page.goto(server.origin);
      await page.waitForFunction(() => window.application);
      await page.evaluate(async (isByFetch) => void (window.opened = await window.application.open(isByFetch)), client === "fetch");
      assert.equal(await page.evaluate(() => window.opened.get("/api/plain")), 200);
      assert.deepEqual([await page.evaluate(() => window.opened.permissions.can("invoice:view")), server.documents], [true, 1]);
      server.revoke();
      assert.equal(await page.evaluate((path) => window.opened.get(path), path), path === "/api/forbidden" ? 403 : 200);
      await page.waitForFunction(() => !window.opened.permissions.can("invoice:view") && window.opened.permissions.status === "fresh");
      assert.equal(server.documents, 2);
    });
  }
}
