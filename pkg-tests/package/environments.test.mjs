/** The package in environments that lack APIs or change them (F68): the DOMs of test runners, zone.js, prototype.js. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { HERE } from "../support/permgate-folder.mjs";

const FOLDER = join(HERE, "package/environments");
const VITEST = join(HERE, "node_modules/vitest/vitest.mjs");

for (const environment of ["jsdom", "happy-dom"]) {
  test(`F68 in ${environment}, binding, modes, shadow roots and a mocked fetch work`, () => {
    const run = spawnSync(process.execPath, [VITEST, "run", "--root", FOLDER, "--environment", environment, "--reporter", "json", "bound"], {
      cwd: HERE,
      encoding: "utf8",
    });
    const { numPassedTests, testResults } = JSON.parse(run.stdout.slice(run.stdout.indexOf("{")));
    const failures = testResults.flatMap(({ assertionResults, message }) => [message, ...assertionResults.flatMap(({ failureMessages }) => failureMessages)]);
    assert.deepEqual([numPassedTests, failures.filter(Boolean)], [4, []]);
  });
}

/** Runs a module of the tests in a process of its own, with a server, and returns its output as JSON. */
async function runBeside(t, source) {
  const folder = await mkdtemp(join(HERE, "environment-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  // Angular's build turns native `async` into generators, which zone.js can follow; so does this one.
  const { outputFiles } = await esbuild.build({
    stdin: { contents: source, resolveDir: HERE },
    bundle: true,
    platform: "node",
    // prototype.js is not a module: it assigns undeclared variables.
    external: ["prototype"],
    format: "esm",
    write: false,
    logLevel: "error",
    supported: { "async-await": false },
    banner: { js: 'import { createRequire as permgateRequire } from "node:module"; const require = permgateRequire(import.meta.url);' },
  });
  await writeFile(join(folder, "main.mjs"), outputFiles[0].contents);
  const server = createServer((request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.write('event: version\ndata: {"version":1}\n\n');
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ subject: "u-1", version: 1, permissions: ["a:b"] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const child = spawn(process.execPath, [join(folder, "main.mjs"), `http://127.0.0.1:${server.address().port}`], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  await once(child, "exit");
  return JSON.parse(printed);
}

test("F68 an application in a zone is stable while a set is held and a stream is open, and its listeners run in the zone", async (t) => {
  const seen = await runBeside(t, `
    import "zone.js/node";
    import { createPermissions } from "permgate";
    async function main([origin]) {
    let isPending = false, permissions, rounds = 0;
    const tasks = [];
    // As Angular does: when no microtask is left, it checks all templates again.
    const zone = Zone.current.fork({
      name: "application",
      onHasTask(delegate, current, target, state) {
        delegate.hasTask(target, state);
        if (current !== target) return;
        if (state.change === "macroTask") isPending = state.macroTask;
        if (state.change === "microTask" && !state.microTask && permissions && rounds < 100) {
          rounds += 1;
          zone.run(() => permissions.can("a:b"));
        }
      },
      onScheduleTask(delegate, current, target, task) {
        if (task.type === "macroTask") tasks.push(task.source);
        return delegate.scheduleTask(target, task);
      },
    });
    const zones = {};
    const opened = new Promise((resolve) => zone.run(async () => {
      permissions = await createPermissions({
        endpoint: origin + "/p",
        push: { events: origin + "/events" },
        token: () => ((zones.token = Zone.current.name), "t"),
        headers: () => ((zones.headers = Zone.current.name), {}),
      });
      permissions.on("activity", ({ kind }) => kind === "message" && resolve());
      permissions.on("change", () => { zones.change = Zone.current.name; });
    }));
    await opened;
    zone.run(() => permissions.can("a:b"));
    await permissions.refresh();
    const isStable = !isPending;
    zone.run(() => permissions.signOut());
    const grew = rounds;
    await Zone.root.run(() => new Promise(setImmediate));
    console.log(JSON.stringify({ isStable, tasks: tasks.filter((source) => source === "setTimeout"), isCalm: rounds < 100, zones }));
    process.exit();
    }
    main(process.argv.slice(2));
  `);
  const zone = "application";
  assert.deepEqual(seen, { isStable: true, tasks: [], isCalm: true, zones: { token: zone, headers: zone, change: zone } });
});

test("F68 with prototype.js, which adds methods to arrays, the package works as without it", async (t) => {
  const seen = await runBeside(t, `
    import "prototype";
    import { createPermissions } from "permgate";
    async function main() {
    // In versions before 1.7; the installed version no longer has it.
    Array.prototype.toJSON = function () { return "[" + this.map((each) => JSON.stringify(each)).join(", ") + "]"; };
    const permissions = await createPermissions({
      bootstrap: { permissions: ["a"], roles: ["clerk"], grants: [{ permission: "x", resource: "r/1", effect: "allow" }] },
      rolePermissions: () => ({ clerk: ["c"] }),
      claims: [{ path: ["x"] }],
    });
    await permissions.whenReady();
    const { permissions: held } = permissions.snapshot();
    console.log(JSON.stringify({ a: permissions.can("a & c"), x: permissions.can("x", "r/1"), held: held.join() }));
    }
    main();
  `);
  assert.deepEqual(seen, { a: true, x: true, held: "a,c" });
});
