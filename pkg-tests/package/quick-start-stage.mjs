/** Shared by the tests of the quick starts: the files that a guide prints, in an application of the template, compiled and served. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileScript, parse } from "vue/compiler-sfc";
import { DIST, HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { startProxy } from "../support/proxy.mjs";
import { until } from "../support/deadline.mjs";
import { freePort, start } from "../support/processes.mjs";
import { serve } from "../support/static-server.mjs";
import { bundlePrograms } from "./adapters/angular.mjs";

// The reader of `permgate files`, which is no entry of the package.
const { filesOf: printedFiles } = await import(pathToFileURL(join(PACKAGE, "bin/files/guide.mjs")));

/** The address of the back end in the guide. */
export const PRINTED = "http://127.0.0.1:8787";

/** Files of the templates of Vite, Vue and SvelteKit that the guide does not name. */
const PAGE = (id, main) => `<!doctype html><html lang="en"><head><meta charset="UTF-8"><title>App</title></head><body><div id="${id}"></div><script type="module" src="/src/${main}"></script></body></html>`;
export const TEMPLATES = {
  react: {
    "index.html": PAGE("root", "main.tsx"),
    "src/index.css": "",
    "src/vite-env.d.ts": 'declare module "*.css" {}\n',
    "src/main.tsx": `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.tsx";

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
`,
  },
  svelte: {
    "index.html": PAGE("app", "main.ts"),
    "src/main.ts": 'import { mount } from "svelte";\nimport App from "./App.svelte";\n\nexport default mount(App, { target: document.getElementById("app")! });\n',
  },
  sveltekit: {
    // Svelte's plugin compiles the components of the packages that are named here.
    "package.json": '{ "type": "module", "dependencies": { "permgate": "*" } }',
    "vite.config.ts": `import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  // The packages stand above this folder here.
  server: { fs: { allow: ["../.."] } },
  plugins: [sveltekit({ compilerOptions: { runes: ({ filename }) => (filename.split(/[/\\\\]/).includes("node_modules") ? undefined : true) } })],
});
`,
    "src/app.html": '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body><div style="display: contents">%sveltekit.body%</div></body></html>',
    "tsconfig.json": JSON.stringify({ extends: "./.svelte-kit/tsconfig.json", compilerOptions: { rewriteRelativeImportExtensions: true, strict: true, skipLibCheck: true, moduleResolution: "bundler" } }),
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

/** The files of a guide after comments with this mark, by name, with the address of the back end. */
export function filesOf(text, mark, backend) {
  return Object.fromEntries(Object.entries(printedFiles(text, mark)).map(([path, code]) => [path, code.replaceAll(PRINTED, backend)]));
}

/** Writes files into a folder of their own, in which packages are found. */
export async function lay(t, files) {
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

/** Compiles the TypeScript of a folder, or of the named parts of it, with the strictest options of the templates. */
export async function compile(folder, more = {}, include = ["src"]) {
  const compilerOptions = { noEmit: true, strict: true, target: "es2023", lib: ["ES2023", "DOM", "DOM.Iterable"], module: "esnext", moduleResolution: "bundler", types: [], skipLibCheck: true, allowImportingTsExtensions: true, verbatimModuleSyntax: true, jsx: "react-jsx", noUnusedLocals: true, ...more };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
  const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript-newest/package.json"))), "bin/tsc");
  assert.equal(await outputOf(process.execPath, [compiler, "-p", folder]), "");
}

/** Checks the TypeScript of a folder and of its Svelte components, and of the parts that SvelteKit gives types, by `svelte-check`. */
export async function checkSvelte(folder, compilerOptions) {
  if (compilerOptions) await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  const written = await outputOf(join(HERE, "node_modules/.bin/svelte-check"), ["--fail-on-warnings", "--output", "machine"], { cwd: folder });
  assert.match(written, / COMPLETED \d+ FILES 0 ERRORS 0 WARNINGS/, written);
}

/** The scripts of Vue's files as TypeScript beside them, and the template's declarations for the compiler. */
export function scriptsOf(files) {
  const scripts = { "src/env.d.ts": 'declare module "*.vue" { const component: import("vue").DefineComponent; export default component; }\ninterface ImportMeta { readonly env: { readonly BASE_URL: string } }\ndeclare module "*.css" {}\n' };
  for (const [path, text] of Object.entries(files).filter(([path]) => path.endsWith(".vue"))) {
    const { descriptor } = parse(text, { filename: path });
    if (descriptor.scriptSetup) scripts[`${path}.checked.ts`] = compileScript(descriptor, { id: path }).content;
  }
  return scripts;
}

/** Serves a folder by Vite's development server, with the configuration of the guide. */
export async function develop(t, folder) {
  const { createServer } = await import("vite");
  const server = await createServer({ root: folder, configFile: join(folder, "vite.config.ts"), logLevel: "silent", cacheDir: join(folder, "cache"), server: { host: "127.0.0.1", port: 0 } });
  t.after(() => server.close());
  await server.listen();
  return server.resolvedUrls.local[0];
}

/** Serves a folder by SvelteKit's development server. Gives its origin. */
export async function developSvelteKit(t, folder, base = "") {
  const port = await freePort();
  // A process of its own: SvelteKit takes the folder in which it is started for that of the application.
  const server = start(process.execPath, [join(HERE, "node_modules/vite/bin/vite.js"), "dev", "--host", "127.0.0.1", "--port", String(port), "--strictPort"], { NO_COLOR: "1" }, folder);
  t.after(() => server.end());
  const origin = `http://127.0.0.1:${port}`;
  await Promise.race([until("SvelteKit answers", async () => (await fetch(origin + base)).ok, { deadlineMs: START_MS }), server.gone]);
  return origin;
}

/** How long a development server may take to start. */
const START_MS = 120_000;

/** The configuration without the template's plugin, which is for hot reloading; Vite itself compiles JSX. */
export function withoutReact(config) {
  const own = config.replace(/^import react .*\n/m, "").replace("react(), ", "");
  assert.ok(!own.includes("react"));
  return own;
}

/** The configuration without Vue's tools for developers, which are of the template. */
export function withoutTools(config) {
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
  // The runner of Node.js would take the output of a program that it starts for its own.
  delete environment.NODE_TEST_CONTEXT;
  const written = await outputOf(join(HERE, "node_modules/.bin/vitest"), ["run", "--root", folder, "--environment", "jsdom", "--globals"], { cwd: folder, env: environment });
  assert.match(written, new RegExp(`Tests +${count} passed \\(${count}\\)`));
}

/**
 * Compiles an Angular application, and its tests if there are any, which are run, and serves the application with its
 * back end. Gives its origin.
 */
export async function serveAngular(t, files, backend, specs = {}) {
  const main = "import { bootstrapApplication } from '@angular/platform-browser';\nimport { appConfig } from './app.config';\nimport { App } from './app';\nbootstrapApplication(App, appConfig);\n";
  const count = Object.values(specs).join("").split(/^ +it\(/m).length - 1;
  const imports = Object.keys(specs).map((path) => `import "./${path.replace(/\.ts$/, "")}";\n`);
  const tests = { ...specs, "globals.d.ts": '/// <reference types="vitest/globals" />\n', "setup.ts": TEST_SETUP, "specs.ts": `import "./setup";\n${imports.join("")}` };
  const [program, tested] = await bundlePrograms({ ...files, ...(count && tests), "main.ts": main }, count ? ["main", "specs"] : ["main"]);
  if (count) await runSpecs(t, tested, count);
  return serveProgram(t, program, "<app-root></app-root>", backend);
}

/** Serves a page with a program, and a back end; every address without a dot is the page. Gives its origin. */
export async function serveProgram(t, program, body, backend) {
  const html = `<!doctype html><base href="/"><title>App</title><link rel="stylesheet" href="/cloak.css">${body}<script type="module" src="/main.js"></script>`;
  const written = (path) => (path === "/main.js" ? ["text/javascript", program] : path.includes(".") ? undefined : ["text/html", html]);
  const site = await serve({ "/": DIST }, { intercept: (path) => written(path) && { status: 200, headers: { "content-type": written(path)[0] }, body: written(path)[1] } });
  t.after(() => site.close());
  const proxy = await startProxy((path) => (path.startsWith("/api/") ? backend : site.origin));
  t.after(() => proxy.close());
  return proxy.origin;
}

/** The files of an Angular guide without the folder, as the compiler of the tests takes them. */
export const bareNames = (files) => Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace("src/app/", ""), text]));

/** The files of the guide for SvelteKit, changed for an application below a path as the page on bundlers says. */
export function below(files) {
  const changed = Object.entries(files).map(([path, code]) => {
    const text = code
      .replaceAll(/(?<=(?:goto|fetch)\(|(?:endpoint|events| to): | : )"(\/[^"]*)"/g, "`${base}$1`")
      .replaceAll(/(?<=(?: href| to)=)"(\/[^"]*)"/g, '"{base}$1"')
      .replace("`/?back=", "`${base}/?back=");
    if (text === code) return [path, text];
    const from = 'import { base } from "$app/paths";\n';
    return [path, path.endsWith(".svelte") ? text.replace(/<script[^>]*>\n/, (tag) => tag + from) : from + text];
  });
  return Object.fromEntries(changed);
}
