/** The package on servers: in Node.js, Deno and Bun, by `import` and `require`, and inside of self-contained bundles. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import commonjs from "node:module";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { PermgateError, createPermissions } from "permgate";
import { rollup } from "rollup";
import webpack from "webpack";
import { RELATIVE_ON_A_SERVER } from "../../tests/sentences.mjs";
import { HERE } from "../support/permgate-folder.mjs";

const MAIN = `
  const tree = parseRequirement("a & b").type;
  createPermissions({ bootstrap: { permissions: ["a:*"] } }).then(async (permissions) => {
    const refused = await createPermissions({ endpoint: "/api/me/permissions" }).catch(({ code }) => code);
    console.log([tree, permissions.can("a:b"), permissions.can("b"), refused].join(" "));
    permissions.dispose();
  });
`;
const IMPORT = `import { createPermissions, parseRequirement } from "permgate";${MAIN}`;
const REQUIRE = `const { createPermissions, parseRequirement } = require("permgate");${MAIN}`;
const SAID = "all true false invalid-option";

/** Runs a program and returns its output. */
function run(program, words, cwd) {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" } });
  assert.equal(status, 0, stdout + stderr);
  return stdout.trim();
}

/** A new folder: inside of this npm package, where permgate can be imported, or elsewhere. */
async function folder(t, where) {
  const path = await mkdtemp(join(where, "permgate-runtime-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

const bin = (name) => join(HERE, "node_modules/.bin", name);
const runtimes = { "Node.js": [process.execPath], Deno: [bin("deno"), "run", "--allow-all"], Bun: [bin("bun")] };

for (const [name, [program, ...words]] of Object.entries(runtimes)) {
  for (const [how, file, code] of [["import", "main.mjs", IMPORT], ["require", "main.cjs", REQUIRE]]) {
    test(`${name} by ${how}: the module starts without waiting, and relative addresses are refused`, async (t) => {
      const path = await folder(t, join(HERE, "package"));
      await writeFile(join(path, file), code);
      assert.equal(run(program, [...words, file], path), SAID);
    });
  }
}

/** Each function writes one bundle, `server.mjs` or `server.cjs`, to a folder. */
const bundlers = {
  async esbuild(entry, out) {
    await esbuild.build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile: join(out, "server.mjs"), logLevel: "error" });
    return "server.mjs";
  },
  async "esbuild to CommonJS"(entry, out) {
    await esbuild.build({ entryPoints: [entry], bundle: true, platform: "node", format: "cjs", outfile: join(out, "server.cjs"), logLevel: "error" });
    return "server.cjs";
  },
  async Rollup(entry, out) {
    const warnings = [];
    const bundle = await rollup({ input: entry, plugins: [nodeResolve({ exportConditions: ["node"] })], onwarn: ({ message }) => warnings.push(message) });
    await bundle.write({ file: join(out, "server.mjs"), format: "es" });
    await bundle.close();
    assert.deepEqual(warnings, []);
    return "server.mjs";
  },
  async webpack(entry, out) {
    const compiler = webpack({ mode: "production", target: "node20", context: HERE, entry, output: { path: out, filename: "server.cjs" }, performance: false });
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
    await new Promise((resolve) => compiler.close(resolve));
    assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
    return "server.cjs";
  },
};

for (const [name, build] of Object.entries(bundlers)) {
  test(`a server's bundle by ${name} runs in an otherwise empty folder`, async (t) => {
    const [source, out] = [await folder(t, join(HERE, "package")), await folder(t, tmpdir())];
    await writeFile(join(source, "main.mjs"), IMPORT);
    const file = await build(join(source, "main.mjs"), out);
    assert.equal(run(process.execPath, [file], out), SAID);
  });
}

test("the copy that `require` loads and the copy that `import` loads have instances of their own", async (t) => {
  const required = commonjs.createRequire(import.meta.url)("permgate");
  assert.notEqual(required.createPermissions, createPermissions);
  const first = await createPermissions({ bootstrap: ["a"] });
  const second = await required.createPermissions({ bootstrap: ["b"] });
  t.after(() => [first, second].forEach((permissions) => permissions.dispose()));
  assert.deepEqual([first.can("a"), first.can("b"), second.can("a"), second.can("b")], [true, false, false, true]);
});

const relative = {
  endpoint: { endpoint: "/api/me/permissions" },
  "endpoint without a scheme": { endpoint: "//app.example/permissions" },
  "push.events": { endpoint: "https://app.example/permissions", push: { events: "/events" } },
  "push.socket": { endpoint: "https://app.example/permissions", push: { socket: "socket" } },
  "push.poll": { endpoint: "https://app.example/permissions", push: { poll: "?poll" } },
};
for (const [name, options] of Object.entries(relative)) {
  test(`a relative address on a server is refused at once: ${name}`, async () => {
    const [option] = name.split(" ");
    await assert.rejects(createPermissions(options), (error) => {
      assert.ok(error instanceof PermgateError);
      assert.equal(error.code, "invalid-option");
      assert.ok(error.message.startsWith(`permgate: \`${option}\`: `), error.message);
      assert.match(error.message, RELATIVE_ON_A_SERVER);
      return true;
    });
  });
}

test("absolute addresses on a server are accepted, also with a tenant in the host, the path or the query", async () => {
  for (const endpoint of ["https://{tenant}.invalid/p", "https://app.invalid/{tenant}/p", "https://app.invalid/p?of={tenant}", new URL("https://app.invalid/{tenant}/p")]) {
    const permissions = await createPermissions({ endpoint, tenant: "acme" });
    permissions.on("error", () => {});
    permissions.dispose();
  }
});
