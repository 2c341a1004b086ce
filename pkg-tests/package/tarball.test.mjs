/** The tarball itself: its files, and the findings of package checkers. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import * as attw from "@arethetypeswrong/core";
import { publint } from "publint";
import { TARBALL } from "../support/permgate-folder.mjs";

/** The declarations of each part of the JavaScript, once for `import` and once for `require`. */
const DECLARATIONS = [
  "aborted",
  "adapter",
  "address",
  "again",
  "angular",
  "angular-can",
  "angular-carried",
  "angular-held",
  "angular-needs",
  "angular-outlet",
  "angular-router",
  "angular-routes",
  "answers",
  "api",
  "base64",
  "beneath",
  "bindings",
  "border",
  "builds",
  "came",
  "caught",
  "certain",
  "channel",
  "chunks",
  "chunks-here",
  "cloak",
  "create",
  "credentials",
  "decide",
  "decision",
  "dehydrated",
  "download",
  "early",
  "early-request",
  "embedded",
  "embedded-edge",
  "errors",
  "evaluated",
  "events",
  "find-look",
  "first-look",
  "guard",
  "host",
  "hydration",
  "index",
  "inline",
  "instance",
  "json",
  "judge",
  "loader",
  "look",
  "memo",
  "misspelt",
  "module",
  "names",
  "next",
  "node",
  "options",
  "packed",
  "patch",
  "permissions",
  "question",
  "questions",
  "react",
  "react-router",
  "refusal",
  "register",
  "reply",
  "reports",
  "runtime",
  "same",
  "select",
  "server",
  "signing",
  "standalone",
  "surroundings",
  "svelte",
  "svelte-state",
  "sveltekit",
  "tabs",
  "tags",
  "tanstack-router",
  "testing",
  "text-coding",
  "types",
  "users",
  "uses",
  "vite",
  "vue",
  "vue-guard",
  "vue-router",
  "webpack",
  "whole",
  "zone",
];

/** The declarations of each part of the kit for back ends, once for `import` and once for `require`. */
const KIT = [
  "announcer",
  "answers",
  "backend",
  "bounded",
  "bus",
  "complaints",
  "cors",
  "express",
  "fastify",
  "hono",
  "index",
  "knowledge",
  "listeners",
  "message",
  "next",
  "node",
  "options",
  "poll",
  "problem",
  "redis-bus",
  "resource",
  "routes",
  "stream",
  "versions",
];

/** The entries of the kit. */
const KIT_ENTRIES = ["index", "express", "fastify", "hono", "next"];

/** The parts of the command `permgate contract`. */
const CHECKER = [
  "change",
  "check",
  "cors-checks",
  "document-checks",
  "engine",
  "events",
  "exchange",
  "fields",
  "main",
  "options",
  "plan",
  "probes",
  "report",
  "socket",
  "stream-checks",
];

/** The parts of the command `permgate files`. */
const WRITER = ["application", "frameworks", "guide", "main", "options"];

/** The entries for frameworks, and the files that they share. */
const ADAPTERS = ["adapter", "next", "react", "react-router", "sveltekit", "tanstack-router", "vue", "vue-guard", "vue-router"];

/** The pages of the guide. */
const GUIDE = readdirSync(new URL("../../docs/guide", import.meta.url)).map((name) => name.replace(/\.md$/, ""));

/** The machine-readable description of the contract. */
const SCHEMAS = ["by-action.schema.json", "by-resource.schema.json", "document.schema.json", "openapi.json", "problem.schema.json", "push-message.schema.json", "roles.schema.json"];

/** All files: an additional one would be published by mistake, and a missing one breaks the package. */
const FILES = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "llms.txt",
  "docs/policy.md",
  "docs/compatibility.md",
  "docs/contract.md",
  "docs/contract-check.md",
  ...["backend.mjs", "demo.mjs", ...SCHEMAS].map((name) => `docs/contract/${name}`),
  ...GUIDE.map((name) => `docs/guide/${name}.md`),
  "bin/permgate.mjs",
  "bin/usage-error.mjs",
  ...WRITER.map((name) => `bin/files/${name}.mjs`),
  ...CHECKER.map((name) => `bin/contract/${name}.mjs`),
  "cloak.css",
  "dist/cjs/decide.js",
  "dist/cjs/index.js",
  "dist/cjs/package.json",
  "dist/cjs/server.js",
  "dist/cjs/tags.js",
  "dist/cjs/testing.js",
  "dist/cjs/vite.js",
  "dist/cjs/webpack.js",
  "dist/cloak.css",
  "dist/cloak.css.d.ts",
  "dist/index.js",
  "dist/channel.js",
  "dist/decide.js",
  "dist/first-look.js",
  "dist/inline.js",
  "dist/node.js",
  "dist/server.js",
  "dist/server.edge-light.js",
  "dist/server.workerd.js",
  "dist/tags.js",
  "dist/testing.js",
  "dist/vite.js",
  "dist/webpack.js",
  "dist/patch.js",
  "dist/permgate.wasm",
  "dist/whole-permgate.wasm",
  "dist/whole.js",
  "dist/misspelt.js",
  "dist/refusal.js",
  "package.json",
  ...KIT.flatMap((name) => [`dist/backend/${name}.d.ts`, `dist/cjs/backend/${name}.d.ts`]),
  ...KIT_ENTRIES.flatMap((name) => [`dist/backend/${name}.js`, `dist/cjs/backend/${name}.js`]),
  "dist/PermissionGuard.svelte",
  "dist/PermissionGuard.svelte.d.ts",
  "dist/cjs/PermissionGuard.svelte.d.ts",
  "dist/angular.js",
  "schematics/collection.json",
  "schematics/ng-add.cjs",
  "dist/svelte.js",
  "dist/svelte-state.js",
  ...ADAPTERS.flatMap((name) => [`dist/${name}.js`, `dist/cjs/${name}.js`]),
  ...DECLARATIONS.flatMap((name) => [`dist/${name}.d.ts`, `dist/cjs/${name}.d.ts`]),
];

function tar(...words) {
  return execFileSync("tar", words, { encoding: "utf8" });
}

function manifest() {
  return JSON.parse(tar("-xzOf", TARBALL, "package/package.json"));
}

test("the tarball has exactly the files that this test lists", () => {
  const files = tar("-tzf", TARBALL).trim().split("\n").map((path) => path.replace(/^package\//, ""));
  assert.deepEqual(files.sort(), FILES.sort());
});

/** Checks a target of `exports` and those nested in it. */
function look(entry, target) {
  if (typeof target === "string") return assert.ok(FILES.includes(target.replace("./", "")), `${entry} names ${target}, which is not in the tarball`);
  const names = Object.keys(target);
  assert.equal(names.at(-1), "default", `the last condition of ${entry} is not \`default\``);
  if (names.includes("types")) assert.equal(names[0], "types", `the first condition of ${entry} is not \`types\``);
  for (const [condition, nested] of Object.entries(target)) look(`${entry} ${condition}`, nested);
}

test("every path in package.json's exports is a file of the tarball, types first and default last", () => {
  for (const [entry, target] of Object.entries(manifest().exports)) look(entry, target);
});

test("tools that do not read exports find the entries and the stylesheet by main, module and path", () => {
  const { main, module, types } = manifest();
  for (const path of [main, module, types]) assert.ok(FILES.includes(path.replace("./", "")), path);
  assert.ok(FILES.includes("cloak.css"));
});

/** The files of the repository to which README also leads: for those who work on permgate, run its server, or weigh it. */
const IN_REPOSITORY = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/benchmarks.md", "docs/server.md", "docs/size.md", "www/screenshot.png"];

/** The relative links of a file of the tarball, as paths in it. */
const linksOf = (file) => [...tar("-xzOf", TARBALL, `package/${file}`).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => join(dirname(file), link));

test("every relative link of the guide and of llms.txt in the tarball leads to a file of the tarball", () => {
  const links = ["llms.txt", ...FILES.filter((file) => file.startsWith("docs/guide/"))].flatMap((file) => linksOf(file).map((target) => [file, target]));
  assert.notDeepEqual(links, []);
  assert.deepEqual(links.filter(([, target]) => !FILES.includes(target)), []);
});

test("relative links of README and the policy in the tarball lead to files of the tarball, or to the listed files of the repository", () => {
  const outside = new Set(["README.md", "docs/policy.md"].flatMap(linksOf).filter((target) => !FILES.includes(target)));
  assert.deepEqual([...outside].sort(), IN_REPOSITORY);
});

test("the manifest has every field that a registry shows; its repository, once there is one, has an address against which README's links are resolved", () => {
  const { description, keywords, license, type, engines, sideEffects, repository, funding, private: isPrivate } = manifest();
  assert.ok(description.length > 50 && description.length < 200, description);
  assert.ok(keywords.length >= 5);
  assert.deepEqual({ license, type, engines, sideEffects, funding, isPrivate }, { license: "MIT OR Apache-2.0", type: "module", engines: { node: ">=20" }, sideEffects: ["*.css"], funding: undefined, isPrivate: undefined });
  if (repository === undefined) return;
  assert.equal(repository.type, "git");
  assert.match(repository.url, /^git\+https:\/\/[^/]+\/[^/]+\/[^/]+\.git$/);
  assert.equal(repository.directory, undefined, "`repository.directory` is set, although README is at the root of the repository");
});

test("the package runs no script when it is installed, and depends on no other package", () => {
  const { scripts = {}, dependencies = {}, peerDependencies, peerDependenciesMeta } = manifest();
  const hooks = ["preinstall", "install", "postinstall", "prepare"];
  assert.deepEqual(hooks.filter((hook) => hook in scripts), []);
  assert.deepEqual(dependencies, {});
  // Frameworks are installed by the application, and not by this package.
  assert.deepEqual(Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true), []);
});

test("publint reports no problem in the tarball", async () => {
  const bytes = await readFile(TARBALL);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, level: "warning", strict: true });
  assert.deepEqual(messages, []);
});

// The entries for Svelte and Angular are only ES modules, as in all packages for these compilers.
test("the declarations resolve with every kind of module resolution", async () => {
  const pack = attw.createPackageFromTarballData(new Uint8Array(await readFile(TARBALL)));
  const { problems } = await attw.checkPackage(pack, { excludeEntrypoints: ["./cloak.css", "./first-look.js", "./svelte", "./angular", "./permgate.wasm", "./whole-permgate.wasm", "./package.json"] });
  assert.deepEqual(problems, []);
});
