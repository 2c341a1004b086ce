/** The package in test environments without configuration: Vitest and Jest with jsdom and happy-dom. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { HERE } from "../support/permgate-folder.mjs";

const ELEMENTS = `<button data-permission="ok:x">a</button><button data-permission="nö:x">b</button>`;

const BINDS = `
test("bind writes the states, and texts outside of ASCII survive", async () => {
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

const FILES = {
  vitest: { "a.test.js": `import { expect, test, vi } from "vitest";\nimport { createPermissions } from "permgate";\n${BINDS}${ASKS}` },
  jest: { "a.test.js": `const { createPermissions } = require("permgate");\n${BINDS}`, "package.json": "{}" },
};

/** Runs test files in a folder of their own, where the package can be imported. */
async function run(t, tool, words) {
  const folder = await mkdtemp(join(HERE, `package/${tool}-`));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(FILES[tool])) await writeFile(join(folder, name), text);
  const program = join(HERE, "node_modules/.bin", tool);
  const environment = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" };
  // Otherwise the test runner of Node.js would take the output of its children for its own.
  delete environment.NODE_TEST_CONTEXT;
  const { status, stdout, stderr } = spawnSync(program, words(folder), { cwd: folder, encoding: "utf8", env: environment });
  assert.equal(status, 0, stdout + stderr);
  return stdout + stderr;
}

for (const environment of ["jsdom", "happy-dom"]) {
  test(`Vitest with ${environment}: elements are bound, and a mocked fetch is called`, async (t) => {
    const said = await run(t, "vitest", (folder) => ["run", "--root", folder, "--environment", environment]);
    assert.match(said, /Tests\s+2 passed/);
  });
}

test("Jest with jsdom: require works without flags, and elements are bound", async (t) => {
  const said = await run(t, "jest", (folder) => ["--rootDir", folder, "--env", "jsdom"]);
  assert.match(said, /Tests:\s+1 passed/);
});
