/** The package in test environments without configuration: Vitest and Jest with jsdom and happy-dom. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../support/static-server.mjs";
import { PRINTED, TEMPLATES, compile, filesOf, lay, scriptsOf, withoutTools } from "./quick-start-stage.mjs";

const ELEMENTS = `<button data-permission="ok:x">a</button><button data-permission="nö:x">b</button>`;

const BINDS = `
test("bind writes the states, and names with letters outside of ASCII are kept", async () => {
  document.body.innerHTML = ${JSON.stringify(ELEMENTS)};
  const permissions = await createPermissions({ bootstrap: { permissions: ["ok:*"] } });
  permissions.bind(document);
  expect([...document.querySelectorAll("button")].map((element) => element.getAttribute("data-permission-state"))).toEqual(["granted", "denied"]);
  expect(permissions.check("nö:x").permission).toBe("nö:x");
  permissions.dispose();
});
`;

const ASKS = `
test("a mocked fetch is called with relative addresses resolved against the page", async () => {
  const asked = [];
  vi.stubGlobal("fetch", async (input) => {
    asked.push(typeof input === "string" ? input : (input.url ?? String(input)));
    return new Response('{"version":1,"subject":"u","permissions":["ok:x"]}', { headers: { "content-type": "application/json" } });
  });
  const permissions = await createPermissions({ endpoint: "/api/me/permissions", push: { events: "/api/me/events" }, headers: () => ({ "x-test": "1" }) });
  await permissions.whenReady();
  expect(permissions.can("ok:x")).toBe(true);
  const addresses = ["/api/me/events", "/api/me/permissions"].map((path) => location.origin + path);
  // The stream is opened after the set is loaded.
  await vi.waitFor(() => expect([...new Set(asked)].sort()).toEqual(addresses));
  permissions.dispose();
});
`;

const IS_QUIET = `
test("bind does not warn of the missing stylesheet, which test runners do not load", async () => {
  // jsdom has CSS from version 30 on.
  window.CSS ??= { escape: String, supports: () => false };
  const warn = vi.spyOn(console, "warn");
  const permissions = await createPermissions({ bootstrap: [] });
  // Binding checks the stylesheets in a timer, which runs at once here.
  const timers = vi.spyOn(document.defaultView, "setTimeout").mockImplementation((call) => void call());
  permissions.bind(document);
  timers.mockRestore();
  expect(warn).not.toHaveBeenCalled();
  permissions.dispose();
});
`;

const FILES = {
  vitest: { "a.test.js": `import { expect, test, vi } from "vitest";\nimport { createPermissions } from "permgate";\n${IS_QUIET}${BINDS}${ASKS}` },
  jest: { "a.test.js": `const { createPermissions } = require("permgate");\n${BINDS}`, "package.json": "{}" },
};

const GUIDE = await readFile(join(HERE, "../docs/guide/testing.md"), "utf8");

/** The examples of the guide, by the name of their file. */
const EXAMPLES = Object.fromEntries([...GUIDE.matchAll(/<!-- test: (\S+) -->\n```\w+\n(.*?)```/gs)].map(([, file, text]) => [file, text]));

/** Shows the guide's stories, as Storybook does: with their parameters, in the decorators of their file. */
const STORIES = `
import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, test } from "vitest";
import meta, * as stories from "./button.stories.jsx";
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
test.each([["Granted", "Edit"], ["Denied", "may not"], ["Unknown", "wait"]])("the story %s shows %s", async (name, shown) => {
  const { parameters } = stories[name];
  const [decorate] = meta.decorators;
  const root = createRoot(document.body);
  await act(async () => root.render(decorate(meta.render, { parameters })));
  expect(document.body.textContent).toBe(shown);
  act(() => root.unmount());
});
`;

const OF_GUIDE = {
  vitest: { ...Object.fromEntries(["elements.test.js", "component.test.jsx", "library.test.jsx", "vue.test.js", "vue-utils.test.js", "button.stories.jsx"].map((file) => [file, EXAMPLES[file]])), "stories.test.jsx": STORIES },
  svelte: {
    ...Object.fromEntries(["vitest.config.js", "WithPermissions.svelte", "Edit.svelte", "svelte.test.js"].map((file) => [file, EXAMPLES[file]])),
    // Svelte's plugin compiles the components of the packages that are named here.
    "package.json": '{ "type": "module", "dependencies": { "permgate": "*" } }',
  },
  jest: { "required.test.cjs": EXAMPLES["required.jest.cjs"], "package.json": "{}" },
  "jest of modules": { "imported.test.mjs": EXAMPLES["imported.jest.mjs"], "package.json": "{}" },
};

/** Runs test files in a folder of their own, where the package can be imported. */
async function run(t, tool, words, files = FILES[tool], options = "") {
  const folder = await mkdtemp(join(HERE, `package/${tool}-`));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return runIn(folder, tool, words(folder), options);
}

/** Runs a tool in a folder; gives what it writes. */
function runIn(folder, tool, words, options = "") {
  const program = join(HERE, "node_modules/.bin", tool);
  const environment = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: options };
  // The runner of Node.js would take the output of a program that it starts for its own.
  delete environment.NODE_TEST_CONTEXT;
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, encoding: "utf8", env: environment });
  assert.equal(status, 0, stdout + stderr);
  return stdout + stderr;
}

for (const environment of ["jsdom", "happy-dom"]) {
  test(`Vitest with ${environment}: elements are bound without a warning, and a mocked fetch is called`, async (t) => {
    const said = await run(t, "vitest", (folder) => ["run", "--root", folder, "--environment", environment]);
    assert.match(said, /Tests\s+3 passed/);
  });
}

test("Jest with jsdom: require works without flags, and elements are bound", async (t) => {
  const said = await run(t, "jest", (folder) => ["--rootDir", folder, "--env", "jsdom"]);
  assert.match(said, /Tests:\s+1 passed/);
});

for (const environment of ["jsdom", "happy-dom"]) {
  test(`the guide's tests of elements, components and stories pass in Vitest with ${environment}`, async (t) => {
    const said = await run(t, "vitest", (folder) => ["run", "--root", folder, "--environment", environment], OF_GUIDE.vitest);
    assert.match(said, /Tests\s+9 passed/);
  });
}

const REACT = await readFile(join(HERE, "../docs/guide/react.md"), "utf8");

for (const [version, name] of [[7, "react-router-7"], [8, "react-router"]]) {
  test(`the guide's tests of React's component and of a guarded route compile and pass in Vitest with React Router ${version}, with the guide's configuration`, async (t) => {
    const files = Object.assign({}, ...["react", "react sign-in", "react router"].map((mark) => filesOf(REACT, mark, PRINTED)), filesOf(GUIDE, "react test", PRINTED));
    delete files["vite.config.ts"];
    const folder = await lay(t, files);
    // The package is in the same folder as the router of this version, as where an application installs both.
    const packages = join(folder, "node_modules");
    await mkdir(packages);
    await cp(PACKAGE, join(packages, "permgate"), { recursive: true, dereference: true });
    await symlink(join(HERE, "node_modules", name), join(packages, "react-router"));
    await compile(folder);
    const said = runIn(folder, "vitest", ["run", "--root", folder]);
    assert.match(said, /Tests\s+2 passed/);
  });
}

/** The configuration of Vitest in Vue's official template. */
const VUE_CONFIG = `import { mergeConfig, defineConfig } from "vitest/config";
import viteConfig from "./vite.config";
export default mergeConfig(viteConfig, defineConfig({ test: { environment: "jsdom" } }));
`;

test("the guide's tests of Vue's application and of its guarded route compile, with misspelt names as errors, and pass in Vitest with the template's configuration", async (t) => {
  const guide = await readFile(join(HERE, "../docs/guide/vue.md"), "utf8");
  const tests = filesOf(GUIDE, "vue test", PRINTED);
  assert.deepEqual(Object.keys(tests), ["src/__tests__/mounted.ts", "src/__tests__/App.spec.ts"]);
  const files = { ...TEMPLATES.vue, ...filesOf(guide, "vue", PRINTED), ...filesOf(guide, "vue sign-in", PRINTED), ...tests };
  const misspelt = "// @ts-expect-error: the name is misspelt\nfakePermissions([\"invoice:veiw\"]);\n";
  const folder = await lay(t, { ...files, "vite.config.ts": withoutTools(files["vite.config.ts"]), "vitest.config.ts": VUE_CONFIG });
  const checked = await lay(t, { ...tests, "src/permissions.ts": files["src/permissions.ts"], "src/router/index.ts": files["src/router/index.ts"], ...scriptsOf({}), "src/__tests__/misspelt.ts": `import { fakePermissions } from "permgate/testing";\n${misspelt}` });
  // As in the template, the tests are a project of their own, which contains what they import.
  await compile(checked, {}, ["src/__tests__", "src/env.d.ts"]);
  const said = runIn(folder, "vitest", ["run", "--root", folder]);
  assert.match(said, /Tests\s+2 passed/);
});

test("the guide's test of a Svelte component passes in Vitest, with the guide's configuration", async (t) => {
  const said = await run(t, "vitest", (folder) => ["run", "--root", folder], OF_GUIDE.svelte);
  assert.match(said, /Tests\s+1 passed/);
});

for (const environment of ["jsdom", "node"]) {
  test(`the guide's tests by require and by import pass in Jest with ${environment}`, async (t) => {
    const required = await run(t, "jest", (folder) => ["--rootDir", folder, "--env", environment, "--testMatch", "**/*.test.cjs"], OF_GUIDE.jest);
    assert.match(required, /Tests:\s+1 passed/);
    const imported = await run(t, "jest", (folder) => ["--rootDir", folder, "--env", environment, "--testMatch", "**/*.test.mjs"], OF_GUIDE["jest of modules"], "--experimental-vm-modules");
    assert.match(imported, /Tests:\s+1 passed/);
  });
}

test("in a browser, a fake is created without waiting, also under a strict policy, and bound elements follow its permissions", async (t) => {
  const page = `<!doctype html><meta charset="utf-8"><title>Story</title><link rel="stylesheet" href="/permgate/cloak.css"><button data-permission="a">a</button>`;
  const server = await serve({ "/permgate/": DIST }, { policy: STRICT_POLICY, intercept: (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page } : undefined) });
  t.after(() => server.close());
  const browser = await launch();
  t.after(() => browser.close());
  const tab = await openPage(browser);
  await tab.goto(`${server.origin}/`);
  const states = await tab.evaluate(async () => {
    const { fakePermissions } = await import("/permgate/testing.js");
    const permissions = fakePermissions(["a"]);
    permissions.bind(document);
    const button = document.querySelector("button");
    const look = () => [button.dataset.permissionState, button.checkVisibility({ visibilityProperty: true })];
    const seen = [look()];
    for (const change of [() => permissions.revoke("a"), () => permissions.setStatus("loading"), () => permissions.grant("a")]) {
      change();
      seen.push(look());
    }
    return seen;
  });
  assert.deepEqual(states, [["granted", true], ["denied", false], ["unknown", false], ["granted", true]]);
  assert.deepEqual(tab.complaints, []);
});
