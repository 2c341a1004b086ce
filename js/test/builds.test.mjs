/** Tests the two builds of the module: which options need the whole build, and that both give the same answers to all input that both can read. */

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { CATALOGUE_IS_MISSING, CHUNK_IS_MISSING, TOOLS_NEED_THE_WHOLE_BUILD } from "../../tests/sentences.mjs";
import * as whole from "../dist/node.js";
import { document, serve, token } from "./server.mjs";

const dist = (file) => readFile(new URL(`../dist/${file}`, import.meta.url));
const [SMALL, WHOLE] = await Promise.all([dist("permgate.wasm"), dist("whole-permgate.wasm")].map(async (bytes) => WebAssembly.compile(await bytes)));
const vectors = async (name) => JSON.parse(await readFile(new URL(`../../tests/vectors/${name}.json`, import.meta.url), "utf8"));

/** Which modules are started while `use` runs, in turns. */
async function startedDuring(use) {
  const { instantiate } = WebAssembly;
  const started = [];
  WebAssembly.instantiate = (module, imports) => {
    started.push(module === SMALL ? "small" : module === WHOLE ? "whole" : "another");
    return Reflect.apply(instantiate, WebAssembly, [module, imports]);
  };
  try {
    await use();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  return started;
}

/** A fresh copy of the entry and its chunks but those that are `missing`; its modules do not run yet, and are not beside it. */
async function fresh(missing = []) {
  const folder = await mkdtemp(join(tmpdir(), "permgate-builds-"));
  const files = ["index.js", "whole.js", "inline.js", "refusal.js", "channel.js", "patch.js"];
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const file of files.filter((file) => !missing.includes(file))) await copyFile(new URL(`../dist/${file}`, import.meta.url), join(folder, file));
  const entry = await import(pathToFileURL(join(folder, "index.js")).href);
  // Chunks are imported later.
  after(() => rm(folder, { recursive: true }));
  return { ...entry, folder };
}

const ENDPOINT = { endpoint: "http://127.0.0.1:9/permissions", tabs: false };
const TOKEN = token({ sub: "u-1", permissions: ["a"] });

/** The fields that differ from one load to the next. */
const TIMES = ["ageMs", "askedAt", "freshUntil", "expiresAt"];

/** Options, and the build that is enough for them. */
const CASES = [
  [{ ...ENDPOINT }, "small"],
  [{ ...ENDPOINT, token: TOKEN }, "small"],
  [{ ...ENDPOINT, token: async () => TOKEN, subjectClaim: ["sub"] }, "small"],
  [{ ...ENDPOINT, bootstrap: { permissions: ["a"] } }, "small"],
  [{ ...ENDPOINT, dialect: "exact", separator: "." }, "small"],
  [{ ...ENDPOINT, dialect: "segments", format: "document" }, "small"],
  [{ ...ENDPOINT, tenant: "acme", persist: false, ttlMs: 1000, staleMs: 1000, timeoutMs: 1000 }, "small"],
  [{ ...ENDPOINT, push: { events: "http://127.0.0.1:9/events" }, guard: { origins: [] }, headers: () => ({}), credentials: "omit" }, "small"],
  [{ ...ENDPOINT, onUnauthenticated: () => undefined, onForbidden: () => undefined, messages: () => undefined, modes: {} }, "small"],
  [{ ...ENDPOINT, claims: "keycloak" }, "whole"],
  [{ ...ENDPOINT, catalogue: { id: "1", permissions: ["a"] } }, "whole"],
  [{ ...ENDPOINT, catalogue: () => ({ id: "1", permissions: ["a"] }) }, "whole"],
  [{ ...ENDPOINT, rolePermissions: { clerk: ["a"] } }, "whole"],
  [{ ...ENDPOINT, persist: "session" }, "whole"],
  [{ ...ENDPOINT, format: "by-resource" }, "whole"],
  [{ ...ENDPOINT, format: "by-action" }, "whole"],
  [{ ...ENDPOINT, dialect: "shiro" }, "whole"],
  [{ token: TOKEN, claims: { path: ["permissions"] } }, "whole"],
  [{ bootstrap: { permissions: ["a"] } }, "whole"],
];

for (const [options, build] of CASES) {
  test(`options ${printed(options)} are served by the ${build} build`, async () => {
    const { createPermissions } = await fresh();
    const module = build === "small" ? SMALL : WHOLE;
    const started = await startedDuring(async () => (await createPermissions({ ...options, wasm: module })).dispose());
    assert.deepEqual(started, [build]);
  });
}

function printed(options) {
  return Object.entries(options).filter(([name]) => name !== "tabs").map(([name, value]) => `${name}: ${typeof value === "function" ? "a function" : JSON.stringify(value)?.slice(0, 40)}`).join(", ");
}

test("the whole build is used where the option `wasm` names it and the small build would be enough", async () => {
  const { createPermissions } = await fresh();
  const started = await startedDuring(async () => {
    for (const options of [ENDPOINT, { ...ENDPOINT, claims: "keycloak" }]) (await createPermissions({ ...options, wasm: WHOLE })).dispose();
  });
  assert.deepEqual(started, ["whole"], "the whole build was not started once for both kinds of options");
});

test("the small build is not used where the option `wasm` names it and the whole build is needed: the copy in JavaScript runs", async () => {
  const { createPermissions } = await fresh();
  const started = await startedDuring(async () => {
    // No server answers at the address of this file.
    const permissions = await createPermissions({ token: TOKEN, claims: { path: ["permissions"] }, wasm: SMALL });
    assert.equal(permissions.can("a"), true);
    permissions.dispose();
  });
  assert.deepEqual(started, ["another"]);
});

test("instances of both builds work side by side, and the tools use the whole build", async () => {
  const { createPermissions, decodeUnverified, parseRequirement } = await fresh();
  const server = await serve(() => document(1, ["b"]));
  try {
    const other = await createPermissions({ endpoint: `${server.origin}/permissions`, tabs: false, wasm: SMALL });
    const of = await createPermissions({ token: TOKEN, claims: { path: ["permissions"] }, wasm: WHOLE });
    assert.deepEqual(decodeUnverified(TOKEN).claims.sub, "u-1");
    await other.whenReady();
    assert.deepEqual([of, other].map((one) => [one.can("a"), one.can("b")]), [[true, false], [false, true]]);
    assert.equal(parseRequirement("a & b").type, "all");
    of.dispose();
    assert.equal(other.can("b"), true);
    other.dispose();
  } finally {
    await server.close();
  }
});

for (const [when, start] of [
  ["runs", (load) => load()],
  ["is starting", (load) => void load()],
]) {
  test(`while only the whole build ${when}, an instance for which the small build is enough uses the whole one`, async () => {
    const { createPermissions, load } = await fresh();
    const started = await startedDuring(async () => {
      await start(load);
      (await createPermissions({ ...ENDPOINT, wasm: SMALL })).dispose();
    });
    assert.deepEqual(started, ["another"], "not only the copy in JavaScript, for lack of a file, was started");
  });
}

test("without the chunk of the whole build, only instances that need it fail, and work once the chunk can be loaded", async () => {
  const { createPermissions, folder, load } = await fresh(["whole.js"]);
  const options = { token: TOKEN, claims: { path: ["permissions"] }, wasm: WHOLE };
  const started = await startedDuring(async () => {
    const loading = assert.rejects(load(), { code: "initialisation", message: CHUNK_IS_MISSING });
    (await createPermissions({ ...ENDPOINT, wasm: SMALL })).dispose();
    await loading;
    await assert.rejects(createPermissions(options), { code: "initialisation" });
  });
  assert.deepEqual(started, ["small"]);
  await copyFile(new URL("../dist/whole.js", import.meta.url), join(folder, "whole.js"));
  const permissions = await createPermissions(options);
  assert.equal(permissions.can("a"), true);
  permissions.dispose();
});

test("a token that is passed to `setToken` later is sent to the endpoint by both builds, and its claims grant nothing", async () => {
  const authorizations = [];
  const server = await serve((request) => {
    authorizations.push(request.headers.authorization);
    return document(1, ["b"]);
  });
  const { createPermissions } = await fresh();
  try {
    for (const [create, wasm] of [[createPermissions, SMALL], [whole.createPermissions, undefined]]) {
      const permissions = await create({ endpoint: `${server.origin}/permissions`, tabs: false, ...(wasm && { wasm }) });
      await permissions.whenReady();
      permissions.setToken(TOKEN);
      await permissions.refresh();
      assert.deepEqual([permissions.can("a"), permissions.can("b"), permissions.status], [false, true, "fresh"]);
      assert.equal(authorizations.at(-1), `Bearer ${TOKEN}`);
      permissions.dispose();
    }
  } finally {
    await server.close();
  }
});

test("both builds give the same results for every document and every decision in the vectors", async () => {
  const { warn, error } = console;
  // The errors of these vectors are intended.
  console.warn = console.error = () => {};
  const files = await Promise.all(["documents", "decisions"].map(vectors));
  const simple = files.flat().filter(({ layout, catalogue, roles, language, document, text }) => !layout && !catalogue && !roles && language?.dialect !== "shiro" && (document !== undefined || typeof text === "string"));
  let body = "";
  const server = await serve(() => ({ headers: { "Content-Type": "application/json" }, body }));
  const { createPermissions } = await fresh();
  try {
    for (const { name, language, tenant, document, text, cases = [] } of simple) {
      body = text ?? JSON.stringify(document);
      const options = { endpoint: `${server.origin}/permissions`, tabs: false, ...language, ...(tenant && { tenant }) };
      const says = async (create, more) => {
        const permissions = await create({ ...options, ...more });
        const errors = [];
        permissions.on("error", ({ code, message }) => errors.push([code, message]));
        await permissions.refresh();
        const decisions = cases.map(({ ask, on }) => permissions.check(ask, on));
        const somewhere = cases.map(({ ask }) => permissions.canSomewhere(ask));
        const results = { snapshot: permissions.snapshot(), decisions, somewhere, errors };
        permissions.dispose();
        return JSON.parse(JSON.stringify(results, (key, value) => (TIMES.includes(key) ? typeof value : value)));
      };
      const [actual, expected] = [await says(createPermissions, { wasm: SMALL }), await says(whole.createPermissions)];
      assert.deepEqual(actual, expected, name);
    }
  } finally {
    Object.assign(console, { warn, error });
    await server.close();
  }
  assert.ok(simple.length > 100, `${simple.length} vectors`);
});

test("the small build refuses a packed document with the error for a missing catalogue", async () => {
  const server = await serve(() => ({ headers: { "Content-Type": "application/json" }, body: '{"packed":{"catalogue":"1","bits":"AQ"}}' }));
  const { createPermissions } = await fresh();
  const permissions = await createPermissions({ endpoint: `${server.origin}/permissions`, tabs: false, wasm: SMALL });
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  await permissions.refresh();
  permissions.dispose();
  await server.close();
  assert.match(errors[0].message, CATALOGUE_IS_MISSING);
});

test("the tools need the whole build, for which load() has to be awaited", async () => {
  const { createPermissions, decodeUnverified, load, parseRequirement } = await fresh();
  const needs = { name: "PermgateError", code: "initialisation", message: TOOLS_NEED_THE_WHOLE_BUILD };
  assert.throws(() => parseRequirement("a:b"), needs);
  (await createPermissions({ ...ENDPOINT, wasm: SMALL })).dispose();
  assert.throws(() => parseRequirement("a:b"), needs);
  assert.throws(() => decodeUnverified(TOKEN), needs);
  await load();
  assert.equal(parseRequirement("a:b").type, "permission");
  assert.equal(parseRequirement('"a,b"', { dialect: "shiro" }).type, "permission");
  assert.equal(decodeUnverified(TOKEN).claims.sub, "u-1");
});

test("errors of the tools are those of the entry, although a chunk finds them", async () => {
  const { PermgateError, decodeUnverified, load, parseRequirement } = await fresh();
  await load();
  for (const call of [() => decodeUnverified("opaque"), () => parseRequirement("a &"), () => parseRequirement(1)]) {
    assert.throws(call, (error) => error instanceof PermgateError);
  }
});
