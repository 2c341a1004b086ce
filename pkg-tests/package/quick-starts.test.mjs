/** The quick starts for React, Vue and Angular: the files exactly as printed in the guide, in an application of the template, with the guide's back end. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { endAll, freePort, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve } from "../support/static-server.mjs";
import { until } from "../support/deadline.mjs";
import { bundlePrograms } from "./adapters/angular.mjs";

/** The address of the back end in the guide. */
const PRINTED = "http://127.0.0.1:8788";

/** What the templates of Vite and Vue have beside the files that the guide names. */
const PAGE = (id, main) => `<!doctype html><html lang="en"><head><meta charset="UTF-8"><title>App</title></head><body><div id="${id}"></div><script type="module" src="/src/${main}"></script></body></html>`;
const TEMPLATES = {
  react: {
    "index.html": PAGE("root", "main.tsx"),
    "src/main.tsx": `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.tsx";

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
`,
  },
  vue: {
    "index.html": PAGE("app", "main.ts"),
    "src/assets/main.css": "",
    "src/router/index.ts": `import { createRouter, createWebHistory } from "vue-router";
const component = { render: () => null };
export default createRouter({ history: createWebHistory(), routes: [{ path: "/", component }, { path: "/about", component }] });
`,
  },
};

let browser;
/** A back end for each quick start, by its name. */
const backends = {};
before(async () => {
  browser = await launch();
  // One after the other, so that each has its port before the next looks for one.
  for (const name of ["react", "vue", "angular"]) backends[name] = await startBackend();
});
after(async () => {
  await browser.close();
  await endAll();
});

/** Starts the back end by the path that the guide prints; gives its address. */
async function startBackend() {
  const port = await freePort();
  const backend = `http://127.0.0.1:${port}`;
  start(process.execPath, [join(PACKAGE, "docs/contract/backend.mjs")], { PORT: String(port) });
  await until("the back end answers", () => fetch(`${backend}/api/me/permissions`).then(() => true, () => false));
  return backend;
}

/** The running back end, the files of a guide by name, and its two changes, the first of which revokes. */
async function quickStart(name) {
  const text = await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8");
  assert.ok(text.includes("node node_modules/permgate/docs/contract/backend.mjs\n"));
  const backend = backends[name];
  const files = {};
  for (const [, path, code] of text.matchAll(new RegExp(`<!-- ${name}: (\\S+) -->\\n *\`\`\`\\w+\\n(.*?\\n) *\`\`\``, "gs"))) {
    files[path] = code.replace(/^ {3}/gm, "").replaceAll(PRINTED, backend);
  }
  const changes = [...text.matchAll(/curl -X PUT (\S+) -H "Authorization: (Bearer \w+)" -d '(.*)'/g)].map(([, address, authorization, body]) => {
    assert.ok(address.startsWith(PRINTED));
    return () => fetch(address.replace(PRINTED, backend), { method: "PUT", headers: { authorization }, body });
  });
  assert.equal(changes.length, 2);
  return { backend, files, changes };
}

/** Opens the application, and sees what the guide says. */
async function follow(t, address, [revoke, grant]) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(address);
  const named = (name) => page.getByRole("button", { name, exact: true });
  await named("Show").waitFor();
  await named("Users").waitFor();
  assert.equal(await named("Delete").isDisabled(), true);
  assert.equal((await revoke()).status, 204);
  await named("Show").waitFor({ state: "hidden" });
  assert.equal((await grant()).status, 204);
  await named("Show").waitFor();
  await until("Delete is enabled", () => named("Delete").isEnabled());
}

/** Writes files into a folder of their own, in which packages are found. */
async function lay(t, files) {
  const folder = await mkdtemp(join(HERE, "package/quick-start-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Serves a folder by Vite's development server, with the configuration of the guide. */
async function develop(t, folder) {
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: join(folder, "vite.config.ts"), logLevel: "silent", cacheDir: join(folder, "cache"), server: { host: "127.0.0.1", port: 0 } });
  t.after(() => server.close());
  await server.listen();
  return server.resolvedUrls.local[0];
}

// Beside each other: they wait for compilers most of the time.
describe("from the template to a gated button", { concurrency: true }, () => {
  test("React: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("react");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/App.tsx"]);
    const compilerOptions = { noEmit: true, strict: true, target: "es2023", lib: ["ES2023", "DOM"], module: "esnext", moduleResolution: "bundler", types: [], skipLibCheck: true, allowImportingTsExtensions: true, verbatimModuleSyntax: true, jsx: "react-jsx", noUnusedLocals: true };
    // The template's plugin is for hot reloading; Vite itself compiles JSX.
    const config = files["vite.config.ts"].replace(/^import react .*\n/m, "").replace("react(), ", "");
    assert.ok(!config.includes("react"));
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": config, "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }) });
    const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript-newest/package.json"))), "bin/tsc");
    assert.equal(spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" }).stdout, "");
    await follow(t, await develop(t, folder), changes);
  });

  test("Vue: the quick start's files show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("vue");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/main.ts", "src/App.vue"]);
    // Vue's tools for developers are of the template.
    const config = files["vite.config.ts"].replace(/^import vueDevTools .*\n/m, "").replace(" vueDevTools(),", "");
    assert.ok(!config.includes("vueDevTools"));
    const folder = await lay(t, { ...TEMPLATES.vue, ...files, "vite.config.ts": config });
    await follow(t, await develop(t, folder), changes);
  });

  test("Angular: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { backend, files, changes } = await quickStart("angular");
    const { "proxy.conf.json": proxies, ...sources } = files;
    assert.deepEqual(JSON.parse(proxies), { "/api": { target: backend } });
    const own = Object.fromEntries(Object.entries(sources).map(([path, text]) => [path.replace("src/app/", ""), text]));
    assert.deepEqual(Object.keys(own), ["permissions.ts", "app.config.ts", "app.ts"]);
    const routes = "import { Routes } from '@angular/router';\nexport const routes: Routes = [];\n";
    const main = "import { bootstrapApplication } from '@angular/platform-browser';\nimport { appConfig } from './app.config';\nimport { App } from './app';\nbootstrapApplication(App, appConfig);\n";
    const [program] = await bundlePrograms({ ...own, "app.routes.ts": routes, "main.ts": main }, ["main"]);
    const written = { "/": ["text/html", '<!doctype html><base href="/"><title>App</title><app-root></app-root><script type="module" src="/main.js"></script>'], "/main.js": ["text/javascript", program] };
    const site = await serve({ "/": DIST }, { intercept: (path) => written[path] && { status: 200, headers: { "content-type": written[path][0] }, body: written[path][1] } });
    t.after(() => site.close());
    const proxy = await startProxy((path) => (path.startsWith("/api/") ? backend : site.origin));
    t.after(() => proxy.close());
    await follow(t, proxy.origin, changes);
  });
});
