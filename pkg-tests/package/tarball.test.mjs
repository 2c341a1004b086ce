/** The tarball itself: which files are in it, and what checkers of packages say about it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import test from "node:test";
import * as attw from "@arethetypeswrong/core";
import { publint } from "publint";
import { TARBALL } from "../support/permgate-folder.mjs";

/** A file more is a file that nobody meant to publish; one less is a broken package. */
const FILES = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "dist/address.d.ts",
  "dist/answers.d.ts",
  "dist/api.d.ts",
  "dist/bindings.d.ts",
  "dist/channel.d.ts",
  "dist/cloak.css",
  "dist/cloak.css.d.ts",
  "dist/create.d.ts",
  "dist/credentials.d.ts",
  "dist/errors.d.ts",
  "dist/events.d.ts",
  "dist/guard.d.ts",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/loader.d.ts",
  "dist/memo.d.ts",
  "dist/names.d.ts",
  "dist/node.d.ts",
  "dist/node.js",
  "dist/options.d.ts",
  "dist/packed.d.ts",
  "dist/patch.d.ts",
  "dist/permgate.wasm",
  "dist/permissions.d.ts",
  "dist/question.d.ts",
  "dist/reports.d.ts",
  "dist/standalone.d.ts",
  "dist/surroundings.d.ts",
  "dist/tabs.d.ts",
  "dist/types.d.ts",
  "package.json",
];

function tar(...words) {
  return execFileSync("tar", words, { encoding: "utf8" });
}

function manifest() {
  return JSON.parse(tar("-xzOf", TARBALL, "package/package.json"));
}

test("the tarball holds exactly the files that are meant to be published", () => {
  const files = tar("-tzf", TARBALL).trim().split("\n").map((path) => path.replace(/^package\//, ""));
  assert.deepEqual(files.sort(), FILES);
});

test("every path in package.json's exports is a file of the tarball, types first and default last", () => {
  const { exports } = manifest();
  for (const [entry, target] of Object.entries(exports)) {
    const conditions = typeof target === "string" ? { default: target } : target;
    const names = Object.keys(conditions);
    assert.equal(names.at(-1), "default", `${entry} ends with default`);
    if (names.includes("types")) assert.equal(names[0], "types", `${entry} begins with types`);
    for (const path of Object.values(conditions)) {
      assert.ok(FILES.includes(path.replace("./", "")), `${entry} leads to ${path}`);
    }
  }
});

test("the package has nothing that runs when it is installed, and needs no other package", () => {
  const { scripts = {}, dependencies = {} } = manifest();
  const hooks = ["preinstall", "install", "postinstall", "prepare"];
  assert.deepEqual(hooks.filter((hook) => hook in scripts), []);
  assert.deepEqual(dependencies, {});
});

test("publint finds nothing", async () => {
  const bytes = await readFile(TARBALL);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, level: "warning", strict: true });
  assert.deepEqual(messages, []);
});

test("types resolve under every way of resolving modules", async () => {
  const pack = attw.createPackageFromTarballData(new Uint8Array(await readFile(TARBALL)));
  const { problems } = await attw.checkPackage(pack, { excludeEntrypoints: ["./cloak.css", "./permgate.wasm", "./package.json"] });
  // The package is for `import` only; `require` of it gives a promise or an error, as it should.
  const expected = ["CJSResolvesToESM"];
  assert.deepEqual(problems.filter(({ kind }) => !expected.includes(kind)), []);
});
