/** `permgate/server` where servers run: Node.js, Deno and Bun, by `import` and `require`, and at the edge in workerd. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { start } from "../support/processes.mjs";

const MAIN = `
  const permissions = evaluate({ subject: "u-1", permissions: ["invoice:*"], denied: ["invoice:delete"] });
  const page = serialize(dehydrate(permissions));
  const nobody = evaluate(null);
  console.log([permissions.can("invoice:edit"), permissions.can("invoice:delete"), JSON.parse(page).subject, nobody.can("invoice:edit")].join(" "));
`;
const SAID = "true false u-1 false";
const PROGRAMS = {
  import: ["main.mjs", `import { dehydrate, evaluate, serialize } from "permgate/server";${MAIN}`],
  require: ["main.cjs", `const { dehydrate, evaluate, serialize } = require("permgate/server");${MAIN}`],
};

/** A folder of its own, from which the package is found. */
async function folder(t) {
  const path = await mkdtemp(join(HERE, "package/server-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

const bin = (name) => join(HERE, "node_modules/.bin", name);
const RUNTIMES = { "Node.js": [process.execPath], Deno: [bin("deno"), "run", "--allow-all"], Bun: [bin("bun")] };

for (const [name, [program, ...words]] of Object.entries(RUNTIMES)) {
  for (const [how, [file, code]] of Object.entries(PROGRAMS)) {
    test(`${name} by ${how}: a document is evaluated without waiting, and nothing keeps the program from ending`, async (t) => {
      const path = await folder(t);
      await writeFile(join(path, file), code);
      const { status, stdout, stderr } = spawnSync(program, [...words, file], { cwd: path, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" } });
      assert.equal(status, 0, stdout + stderr);
      assert.equal(stdout.trim(), SAID);
    });
  }
}

/** Answers each request by its user's document, after another request has had its turn. */
const WORKER = `
  import { evaluate, serialize } from "permgate/server";
  const USERS = { ada: ["a", "shared"], grace: ["b", "shared"] };
  export default {
    async fetch(request) {
      const user = new URL(request.url).searchParams.get("user");
      const permissions = evaluate(USERS[user] ? { subject: user, permissions: USERS[user] } : null);
      await crypto.subtle.digest("SHA-256", new Uint8Array(1));
      const answers = ["a", "b", "shared"].map((name) => permissions.can(name));
      return new Response(JSON.stringify({ answers, page: JSON.parse(serialize(permissions)) }));
    },
  };
`;

/** The entry at the edge, by the condition that names it there, and how it imports the module. */
const EDGES = { workerd: "./whole-permgate.wasm", "edge-light": "./whole-permgate.wasm?module" };

/** A worker in workerd; gives its origin. */
async function startWorker(t, condition, wasm) {
  const path = await folder(t);
  await writeFile(join(path, "main.mjs"), WORKER);
  await copyFile(join(DIST, "whole-permgate.wasm"), join(path, "module.wasm"));
  // As Wrangler bundles a worker: the module stays a file of its own.
  const bundled = await esbuild.build({ entryPoints: [join(path, "main.mjs")], outfile: join(path, "worker.mjs"), bundle: true, format: "esm", platform: "browser", conditions: [condition, "worker"], external: ["*.wasm", "*.wasm?module"], logLevel: "error" });
  assert.deepEqual(bundled.warnings, []);
  const modules = `( name = "worker.mjs", esModule = embed "worker.mjs" ), ( name = "${wasm}", wasm = embed "module.wasm" )`;
  await writeFile(
    join(path, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "main", worker = ( modules = [ ${modules} ], compatibilityDate = "2026-06-01" ) ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "main" ) ],
);
`,
  );
  const worker = start(bin("workerd"), ["serve", "--control-fd=1", join(path, "config.capnp")]);
  t.after(() => worker.end());
  return `http://127.0.0.1:${await worker.line(/"port":(\d+)/)}`;
}

for (const [condition, wasm] of Object.entries(EDGES)) {
  test(`at the edge by the condition ${condition}: requests of two users that run side by side get their own answers`, async (t) => {
    const origin = await startWorker(t, condition, wasm);
    const users = Array.from({ length: 200 }, (_, number) => ["ada", "grace", "nobody"][number % 3]);
    const replies = await Promise.all(users.map(async (user) => (await fetch(`${origin}/?user=${user}`)).json()));
    const answers = { ada: [true, false, true], grace: [false, true, true], nobody: [false, false, false] };
    for (const [at, user] of users.entries()) {
      assert.deepEqual(replies[at].answers, answers[user]);
      assert.equal(replies[at].page.subject, user === "nobody" ? null : user);
    }
  });
}
