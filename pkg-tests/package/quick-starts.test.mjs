/** The quick starts for React, Vue and Angular, and the sign-ins of these and of Svelte: the files exactly as printed in the guide, in an application of the template, with the guide's back end. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { endAll, freePort, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve } from "../support/static-server.mjs";
import { until } from "../support/deadline.mjs";
import { bundlePrograms } from "./adapters/angular.mjs";
import { sveltePlugin } from "./adapters/build.mjs";

/** The address of the back end in the guide. */
const PRINTED = "http://127.0.0.1:8787";

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
    "src/views/HomeView.vue": "<template><h2>Home</h2></template>",
    "src/views/AboutView.vue": "<template><h2>About</h2></template>",
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
  for (const name of ["react", "vue", "angular"]) {
    backends[name] = await startBackend();
    backends[`${name} sign-in`] = await startBackend();
  }
  backends["svelte sign-in"] = await startBackend();
});
after(async () => {
  await browser.close();
  await endAll();
});

/** Starts the back end by the path that the guide prints; gives its address, which it says. */
async function startBackend() {
  const running = start(process.execPath, [join(PACKAGE, "docs/contract/demo.mjs")], { PORT: String(await freePort()) });
  return running.line(/listens on (http:\S+)$/);
}

/** The files of a guide after comments with this mark, by name. */
function filesOf(text, mark, backend) {
  const found = text.matchAll(new RegExp(`<!-- ${mark}: (\\S+) -->\\n *\`\`\`\\w+\\n(.*?\\n) *\`\`\``, "gs"));
  return Object.fromEntries([...found].map(([, path, code]) => [path, code.replace(/^ {3}/gm, "").replaceAll(PRINTED, backend)]));
}

/** The running back end, the files of a guide by name, and its two changes, the first of which revokes. */
async function quickStart(name) {
  const text = await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8");
  assert.ok(text.includes("node node_modules/permgate/docs/contract/demo.mjs\n"));
  const backend = backends[name];
  const files = filesOf(text, name, backend);
  const changes = [...text.matchAll(/curl -X PUT (\S+) -H "Authorization: (Bearer \w+)" -d '(.*)'/g)].map(([, address, authorization, body]) => {
    assert.ok(address.startsWith(PRINTED));
    return () => fetch(address.replace(PRINTED, backend), { method: "PUT", headers: { authorization }, body });
  });
  assert.equal(changes.length, 2);
  return { backend, files, changes };
}

/** The running back end, the files after the guide's sign-in, and its commands: ada signs in, revokes and grants. */
async function signInStart(name) {
  const text = await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8");
  const backend = backends[`${name} sign-in`];
  const files = filesOf(text, name, backend);
  for (const path of Object.keys(files).filter((path) => path.endsWith("permissions.ts"))) {
    const withoutToken = files[path].replace(/^ *token: .*\n/m, "");
    assert.notEqual(withoutToken, files[path]);
    files[path] = withoutToken;
  }
  Object.assign(files, filesOf(text, `${name} sign-in`, backend));
  const commands = [...text.matchAll(/^curl -([cb]) ada\.cookie (-X PUT )?-H "Content-Type: application\/json" -d '(.*)' (\S+)$/gm)];
  assert.deepEqual(commands.map(([, kind]) => kind).join(""), "cbb");
  let cookie = "";
  const run = async ([, , put, body, address]) => {
    assert.ok(address.startsWith(PRINTED));
    const answer = await fetch(address.replace(PRINTED, backend), { method: put ? "PUT" : "POST", headers: { "content-type": "application/json", cookie }, body });
    assert.equal(answer.status, 204);
    cookie ||= answer.headers.getSetCookie()[0].split(";")[0];
  };
  const [signIn, revoke, grant] = commands.map((command) => () => run(command));
  await signIn();
  return { backend, files, revoke, grant };
}

/**
 * Signs in as the guide says, after a wrong password; a revocation takes away what is shown and a grant gives it back;
 * signing out leads back to the form. `shown` finds what grace may see, and `again` is what she does after the grant.
 */
async function visit(t, address, { revoke, grant }, shown, again = () => {}) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(address);
  const enter = async (password) => {
    await page.getByLabel("User").fill("grace");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await enter("wrong");
  await page.getByRole("alert").waitFor();
  await enter("grace-demo");
  await shown(page).waitFor();
  await page.getByText("Signed in as grace").waitFor();
  assert.equal(await page.getByRole("button", { name: "Users" }).isVisible(), false);
  await revoke();
  await shown(page).waitFor({ state: "hidden" });
  await grant();
  await again(page);
  await shown(page).waitFor();
  const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "Sign out" }).click();
  await ended;
  await page.getByLabel("User").waitFor();
  assert.equal(await shown(page).isVisible(), false);
  return page;
}

/** What grace sees of a guarded page, and how she comes back to it. */
const heading = (page) => page.getByRole("heading", { name: "All invoices" });
const followLink = (page) => page.getByRole("link", { name: "Invoices" }).click();

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

/** Runs a program; gives everything that it writes. Tests beside this one go on meanwhile. */
function outputOf(program, args, options = {}) {
  return new Promise((resolve) => execFile(program, args, options, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`)));
}

/** Compiles the TypeScript of a folder with the strictest options of the templates. */
async function compile(folder, more = {}) {
  const compilerOptions = { noEmit: true, strict: true, target: "es2023", lib: ["ES2023", "DOM", "DOM.Iterable"], module: "esnext", moduleResolution: "bundler", types: [], skipLibCheck: true, allowImportingTsExtensions: true, verbatimModuleSyntax: true, jsx: "react-jsx", noUnusedLocals: true, ...more };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript-newest/package.json"))), "bin/tsc");
  assert.equal(await outputOf(process.execPath, [compiler, "-p", folder]), "");
}

/** The scripts of Vue's files as TypeScript beside them, and what the template declares for the compiler. */
function scriptsOf(files) {
  const scripts = { "src/env.d.ts": 'declare module "*.vue" { const component: import("vue").DefineComponent; export default component; }\ninterface ImportMeta { readonly env: { readonly BASE_URL: string } }\ndeclare module "*.css" {}\n' };
  for (const [path, text] of Object.entries(files).filter(([path]) => path.endsWith(".vue"))) {
    const { descriptor } = parse(text, { filename: path });
    if (descriptor.scriptSetup) scripts[`${path}.checked.ts`] = compileScript(descriptor, { id: path }).content;
  }
  return scripts;
}

/** Serves a folder by Vite's development server, with the configuration of the guide. */
async function develop(t, folder) {
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: join(folder, "vite.config.ts"), logLevel: "silent", cacheDir: join(folder, "cache"), server: { host: "127.0.0.1", port: 0 } });
  t.after(() => server.close());
  await server.listen();
  return server.resolvedUrls.local[0];
}

/** The configuration without the template's plugin, which is for hot reloading; Vite itself compiles JSX. */
function withoutReact(config) {
  const own = config.replace(/^import react .*\n/m, "").replace("react(), ", "");
  assert.ok(!own.includes("react"));
  return own;
}

/** The configuration without Vue's tools for developers, which are of the template. */
function withoutTools(config) {
  const own = config.replace(/^import vueDevTools .*\n/m, "").replace(" vueDevTools(),", "");
  assert.ok(!own.includes("vueDevTools"));
  return own;
}

/** Begins Angular's tests, as the builder of its template does. */
const TEST_SETUP = `import { TestBed } from "@angular/core/testing";
import { BrowserTestingModule, platformBrowserTesting } from "@angular/platform-browser/testing";
TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
`;

/** Runs a bundle of Angular's tests in Vitest with jsdom, and asserts how many pass. */
async function runSpecs(t, program, count) {
  const folder = await lay(t, { "specs.test.js": program });
  const environment = { ...process.env, NO_COLOR: "1" };
  // The runner of Node.js would take the output of what it starts for its own.
  delete environment.NODE_TEST_CONTEXT;
  const written = await outputOf(join(HERE, "node_modules/.bin/vitest"), ["run", "--root", folder, "--environment", "jsdom", "--globals"], { cwd: folder, env: environment });
  assert.match(written, new RegExp(`Tests +${count} passed \\(${count}\\)`));
}

/**
 * Compiles an Angular application, and its tests if there are any, which are run, and serves the application with its
 * back end. Gives its origin.
 */
async function serveAngular(t, files, backend, specs = {}) {
  const main = "import { bootstrapApplication } from '@angular/platform-browser';\nimport { appConfig } from './app.config';\nimport { App } from './app';\nbootstrapApplication(App, appConfig);\n";
  const count = Object.values(specs).join("").split(/^ +it\(/m).length - 1;
  const imports = Object.keys(specs).map((path) => `import "./${path.replace(/\.ts$/, "")}";\n`);
  const tests = { ...specs, "globals.d.ts": '/// <reference types="vitest/globals" />\n', "setup.ts": TEST_SETUP, "specs.ts": `import "./setup";\n${imports.join("")}` };
  const [program, tested] = await bundlePrograms({ ...files, ...(count && tests), "main.ts": main }, count ? ["main", "specs"] : ["main"]);
  if (count) await runSpecs(t, tested, count);
  return serveProgram(t, program, "<app-root></app-root>", backend);
}

/** Serves a page with a program, and a back end; every address without a dot is the page. Gives its origin. */
async function serveProgram(t, program, body, backend) {
  const html = `<!doctype html><base href="/"><title>App</title><link rel="stylesheet" href="/cloak.css">${body}<script type="module" src="/main.js"></script>`;
  const written = (path) => (path === "/main.js" ? ["text/javascript", program] : path.includes(".") ? undefined : ["text/html", html]);
  const site = await serve({ "/": DIST }, { intercept: (path) => written(path) && { status: 200, headers: { "content-type": written(path)[0] }, body: written(path)[1] } });
  t.after(() => site.close());
  const proxy = await startProxy((path) => (path.startsWith("/api/") ? backend : site.origin));
  t.after(() => proxy.close());
  return proxy.origin;
}

/** The files of an Angular guide without the folder, as the compiler of the tests takes them. */
const bareNames = (files) => Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace("src/app/", ""), text]));

// Beside each other: they wait for compilers most of the time.
describe("from the template to a gated button", { concurrency: true }, () => {
  test("React: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("react");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/App.tsx"]);
    const config = withoutReact(files["vite.config.ts"]);
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": config });
    await compile(folder);
    await follow(t, await develop(t, folder), changes);
  });

  test("Vue: the quick start's files show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("vue");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/main.ts", "src/App.vue"]);
    const config = withoutTools(files["vite.config.ts"]);
    const folder = await lay(t, { ...TEMPLATES.vue, ...files, "vite.config.ts": config });
    await follow(t, await develop(t, folder), changes);
  });

  test("Angular: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { backend, files, changes } = await quickStart("angular");
    const { "proxy.conf.json": proxies, ...sources } = files;
    assert.deepEqual(JSON.parse(proxies), { "/api": { target: backend } });
    const own = bareNames(sources);
    assert.deepEqual(Object.keys(own), ["permissions.ts", "app.config.ts", "app.ts"]);
    const routes = "import { Routes } from '@angular/router';\nexport const routes: Routes = [];\n";
    await follow(t, await serveAngular(t, { ...own, "app.routes.ts": routes }, backend), changes);
  });
});

describe("signing in and out", { concurrency: true }, () => {
  test("React: the guide's sign-in compiles, refuses a wrong password, and follows the user, with and without a router", async (t) => {
    const { files, ...commands } = await signInStart("react");
    const main = `import { PermissionsProvider } from "permgate/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import App from "./App.tsx";
import { permissions } from "./permissions.ts";
import { router } from "./router.tsx";

const routed = <PermissionsProvider permissions={permissions} bind><RouterProvider router={router} /></PermissionsProvider>;
createRoot(document.getElementById("root")!).render(<StrictMode>{location.pathname === "/" ? <App /> : routed}</StrictMode>);
`;
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "src/main.tsx": main, "vite.config.ts": withoutReact(files["vite.config.ts"]) });
    await compile(folder);
    const address = await develop(t, folder);
    const page = await visit(t, address, commands, (page) => page.getByRole("button", { name: "Show", exact: true }));
    await page.goto(`${address}invoices`);
    await page.getByLabel("User").fill("grace");
    await page.getByLabel("Password").fill("grace-demo");
    await page.getByRole("button", { name: "Sign in" }).click();
    await heading(page).waitFor();
    assert.equal(new URL(page.url()).pathname, "/invoices");
  });

  test("Vue: the guide's sign-in compiles, refuses a wrong password, leads to the wanted page, and follows the user", async (t) => {
    const { files, ...commands } = await signInStart("vue");
    const folder = await lay(t, { ...TEMPLATES.vue, ...files, "vite.config.ts": withoutTools(files["vite.config.ts"]), ...scriptsOf(files) });
    // A script alone does not use what only its template uses.
    await compile(folder, { noUnusedLocals: false, verbatimModuleSyntax: false });
    const page = await visit(t, `${await develop(t, folder)}invoices`, commands, heading, followLink);
    assert.equal(new URL(page.url()).searchParams.get("back"), "/invoices");
  });

  test("Angular: the guide's sign-in compiles, its tests pass, and it refuses a wrong password, leads to the wanted page, and follows the user", async (t) => {
    const { backend, files: { "proxy.conf.json": _, ...files }, ...commands } = await signInStart("angular");
    const specs = bareNames(filesOf(await readFile(join(HERE, "../docs/guide/angular.md"), "utf8"), "angular (?:spec|guard)", backend));
    assert.deepEqual(Object.keys(specs), ["app.spec.ts", "app.routes.spec.ts"]);
    const page = await visit(t, `${await serveAngular(t, bareNames(files), backend, specs)}/invoices`, commands, heading, followLink);
    assert.equal(new URL(page.url()).searchParams.get("from"), "/invoices");
  });

  test("Svelte: the guide's sign-in compiles, refuses a wrong password, and follows the user", async (t) => {
    const { backend, files, ...commands } = await signInStart("svelte");
    const path = "src/Session.svelte";
    const [, script] = /<script lang="ts">\n(.*?)<\/script>/s.exec(files[path]);
    const application = `<script>
import { createPermissions } from "permgate";
import { setPermissions } from "permgate/svelte";
import Session from "./Session.svelte";
const permissions = setPermissions(() => createPermissions({ endpoint: "/api/me/permissions", push: { events: "/api/me/permissions/events" } }));
</script>
<Session />
{#if permissions.can("invoice:view")}<button>Show</button>{/if}
<button data-permission="user:edit">Users</button>
`;
    const main = 'import { mount } from "svelte";\nimport App from "./App.svelte";\nmount(App, { target: document.body });\n';
    const checked = `/// <reference types="svelte" />\n${script}export { isRefused, signIn, signOut };\n`;
    const folder = await lay(t, { ...files, "src/App.svelte": application, "src/main.js": main, "src/checked.ts": checked });
    await compile(folder);
    const { outputFiles } = await esbuild.build({ entryPoints: [join(folder, "src/main.js")], bundle: true, write: false, format: "esm", logLevel: "error", conditions: ["svelte", "browser"], plugins: [sveltePlugin] });
    await visit(t, await serveProgram(t, outputFiles[0].text, "", backend), commands, (page) => page.getByRole("button", { name: "Show", exact: true }));
  });
});
