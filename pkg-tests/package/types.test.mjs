/** The type declarations: right programs compile, and wrong programs do not. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { HERE } from "../support/permgate-folder.mjs";

const TYPES = join(HERE, "package/types");
const SAMPLE = await readFile(join(TYPES, "sample.ts"), "utf8");
const KIT = await readFile(join(TYPES, "backend.ts"), "utf8");
/** A program with the adapters, and with names that are registered for the whole program. */
const REGISTERED = await readFile(join(TYPES, "registered.tsx"), "utf8");
/** A program for servers and tests, with names that are registered for the whole program. */
const SERVERS = await readFile(join(TYPES, "servers.ts"), "utf8");
/** A program with the plugins for Vite and webpack, checked against those tools' own types. */
const PLUGINS = await readFile(join(TYPES, "plugins.ts"), "utf8");
const folderOf = (name) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
/** The folders of the compilers, the newest first: those of these tests, or all in the folder that `TYPESCRIPTS` names. */
const COMPILERS = process.env.TYPESCRIPTS ? await compilersIn(process.env.TYPESCRIPTS) : { newest: folderOf("typescript-newest"), "6.0": folderOf("typescript"), "oldest supported": folderOf("typescript-oldest") };
const [NEWEST] = Object.keys(COMPILERS);
const RESOLUTIONS = { bundler: "esnext", nodenext: "nodenext" };

/** The compilers below a folder that are named by their versions, such as `typescript-5.9`. */
async function compilersIn(folder) {
  const versions = (await readdir(folder)).flatMap((name) => /^typescript-(.*)/.exec(name)?.[1] ?? []);
  assert.ok(versions.length > 0, `\`${folder}\` has no TypeScript`);
  return Object.fromEntries(versions.sort().reverse().map((version) => [version, join(folder, `typescript-${version}`)]));
}

/** Compiles a program in a folder of its own, with the strictest options; returns the errors. */
async function compile(t, text, { compiler = NEWEST, resolution = "bundler", file = "program.ts", more = {} } = {}) {
  const folder = await mkdtemp(join(TYPES, "compiled-"));
  t.after(() => rm(folder, { recursive: true }));
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    // The declarations of the package are checked, too.
    skipLibCheck: false,
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable", "esnext.disposable"],
    types: [],
    module: RESOLUTIONS[resolution],
    moduleResolution: resolution,
    ...more,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, file), text);
  const program = join(COMPILERS[compiler], "bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [program, "--pretty", "false", "-p", folder], { encoding: "utf8" });
  const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
  assert.equal(status === 0, errors.length === 0, stdout);
  return errors.map((line) => line.replace(/^.*program\.ts/, "program.ts"));
}

for (const compiler of Object.keys(COMPILERS)) {
  for (const resolution of Object.keys(RESOLUTIONS)) {
    test(`right programs compile and wrong ones do not: ${compiler} TypeScript, resolution ${resolution}`, async (t) => {
      // A line that is expected to be wrong but compiles is an error, too.
      assert.deepEqual(await compile(t, SAMPLE, { compiler, resolution }), []);
    });
  }
}

test("each wrong line of `types/sample.ts` is an error of its own", async (t) => {
  const marks = SAMPLE.split("// @ts-expect-error").length - 1;
  const errors = await compile(t, SAMPLE.replaceAll("// @ts-expect-error", "//"));
  assert.equal(errors.length, marks, errors.join("\n"));
});

for (const resolution of Object.keys(RESOLUTIONS)) {
  test(`the kit for back ends fits the frameworks' own types, and wrong programs with it do not compile: resolution ${resolution}`, async (t) => {
    // The declarations of the frameworks are not checked.
    const more = { types: ["node"], skipLibCheck: true };
    assert.deepEqual(await compile(t, KIT, { resolution, more }), []);
    const marks = KIT.split("// @ts-expect-error").length - 1;
    const errors = await compile(t, KIT.replaceAll("// @ts-expect-error", "//"), { resolution, more });
    assert.equal(errors.length, marks, errors.join("\n"));
  });
}

/** Options for frameworks: their declarations have errors under the strictest options, and those of React Router need newer compilers. */
const FRAMEWORKS = { file: "program.tsx", more: { jsx: "react-jsx", skipLibCheck: true, exactOptionalPropertyTypes: false } };

for (const compiler of Object.keys(COMPILERS)) {
  test(`names that are registered once are checked in every adapter: ${compiler} TypeScript`, async (t) => {
    assert.deepEqual(await compile(t, REGISTERED, { compiler, ...FRAMEWORKS }), []);
  });
}

test("each wrong line of the program with registered names is an error of its own", async (t) => {
  const marks = REGISTERED.split("@ts-expect-error").length - 1;
  const errors = await compile(t, REGISTERED.replaceAll("@ts-expect-error", ""), FRAMEWORKS);
  assert.equal(errors.length, marks, errors.join("\n"));
});

for (const compiler of Object.keys(COMPILERS)) {
  test(`a name in a variable is accepted where its type says which names it can be, and otherwise the error gives advice, or names the misspelt part: ${compiler} TypeScript`, async (t) => {
    const right = `
import { type RegisteredName, createPermissions } from "permgate";
import { Can } from "permgate/react";
declare module "permgate" { interface Register { name: "invoice:view" | "invoice:edit" } }
const permissions = await createPermissions({ bootstrap: [] });
const items = [{ text: "Invoices", needs: "invoice:view" }, { text: "New", needs: "invoice:edit & invoice:view" }] as const;
export const Menu = () => <ul>{items.map(({ text, needs }) => <Can key={text} do={needs}>{text}</Can>)}</ul>;
export const List = ({ names }: { names: RegisteredName[] }) => <ul>{names.filter((name) => permissions.can(name)).map((name) => <Can key={name} do={name}>{name}</Can>)}</ul>;
`;
    const wrong = {
      "export const ask = (name: string) => permissions.can(name);": /give the variable the type RegisteredName/,
      "export const Ask = ({ name }: { name: string }) => <Can do={name}>…</Can>;": /give the variable the type RegisteredName/,
      'const others = [{ needs: "invoice:view" }]; export const some = others.filter(({ needs }) => permissions.can(needs));': /`as const`/,
      'permissions.can("invoice:veiw");': /`invoice:veiw` is misspelt, or missing in Register/,
      'permissions.can("invoice:view & (!invoice:eddit | role(admin))");': /: `invoice:eddit` is misspelt, or missing in Register/,
    };
    const errors = await compile(t, [right, ...Object.keys(wrong)].join("\n"), { compiler, ...FRAMEWORKS });
    // The lines above have no error.
    assert.equal(errors.length, Object.keys(wrong).length, errors.join("\n"));
    for (const [index, message] of Object.values(wrong).entries()) assert.match(errors[index], message);
  });
}

for (const compiler of Object.keys(COMPILERS)) {
  test(`names that are registered once are checked on servers and in tests: ${compiler} TypeScript`, async (t) => {
    assert.deepEqual(await compile(t, SERVERS, { compiler, ...FRAMEWORKS, file: "program.ts" }), []);
  });
}

test("each wrong line of the program for servers and tests is an error of its own", async (t) => {
  const marks = SERVERS.split("// @ts-expect-error").length - 1;
  const errors = await compile(t, SERVERS.replaceAll("// @ts-expect-error", "//"), { ...FRAMEWORKS, file: "program.ts" });
  assert.equal(errors.length, marks, errors.join("\n"));
});

test("a wrong name in a question about a resource is an error", async (t) => {
  // Before TypeScript 5.3, a literal in a nested list has the type `string`.
  const program = 'import { evaluate } from "permgate/server";\nevaluate<"invoice:view">(null).dehydrate([["NAME", "invoices/1"]]);\n';
  assert.deepEqual(await compile(t, program.replace("NAME", "invoice:view")), []);
  assert.equal((await compile(t, program.replace("NAME", "invoice:veiw"))).length, 1);
});

test("without registered names, evaluations on a server and fakes in tests accept any name", async (t) => {
  const program = `
import { evaluate } from "permgate/server";
import { fakePermissions } from "permgate/testing";
export const can = (text: string) => [evaluate({ permissions: [text] }).dehydrate([text, [text, text]]), fakePermissions(["invoice:edit"]).can("invoice:delete"), fakePermissions([text]).grant(text)];
`;
  assert.deepEqual(await compile(t, program), []);
});

/** All entries of the package that are modules. For files that are not JavaScript, build tools declare the types. */
const { exports: EXPORTS } = JSON.parse(await readFile(fileURLToPath(import.meta.resolve("permgate/package.json")), "utf8"));
const ENTRIES = Object.keys(EXPORTS).filter((path) => !/\.(wasm|json|css)$/.test(path)).map((path) => `permgate${path.slice(1)}`);

for (const compiler of Object.keys(COMPILERS)) {
  for (const resolution of Object.keys(RESOLUTIONS)) {
    test(`a program that imports every entry compiles: ${compiler} TypeScript, resolution ${resolution}`, async (t) => {
      const imports = ENTRIES.map((entry, index) => `import * as entry${index} from "${entry}";\nexport const names${index}: string[] = Object.keys(entry${index});\n`);
      assert.deepEqual(await compile(t, imports.join(""), { compiler, resolution, more: { ...FRAMEWORKS.more, types: ["node"] } }), []);
    });
  }
}

test("without registered names, adapters accept any requirement", async (t) => {
  const program = 'import { Can, useCan } from "permgate/react";\nexport const Any = ({ text }: { text: string }) => <Can do={text}>{useCan(text)}</Can>;\n';
  assert.deepEqual(await compile(t, program, FRAMEWORKS), []);
});

test("the guide's tests for Vitest compile as TypeScript", async (t) => {
  const guide = await readFile(join(HERE, "../docs/guide/testing.md"), "utf8");
  for (const file of ["elements.test.js", "component.test.jsx"]) {
    const [, example] = guide.match(new RegExp(`<!-- test: ${file} -->\\n\`\`\`\\w+\\n(.*?)\`\`\``, "s"));
    assert.deepEqual(await compile(t, example, FRAMEWORKS), [], file);
  }
});

test("the guide's catalogue for development compiles, and its list has the names that the compiler checks", async (t) => {
  const page = await readFile(join(HERE, "../docs/guide/sources.md"), "utf8");
  const [, example] = /<!-- catalogue: src\/permissions\.ts -->\n```ts\n(.*?)```/s.exec(page);
  const more = { types: ["vite/client"], skipLibCheck: true };
  assert.deepEqual(await compile(t, `${example}(await permissions).can("user:edit");\n`, { more }), []);
  const [error, ...others] = await compile(t, `${example}(await permissions).can("user:edti");\n`, { more });
  assert.match(error, /`user:edti` is misspelt/);
  assert.deepEqual(others, []);
});

test("the stylesheet can be imported from TypeScript without a declaration", async (t) => {
  assert.deepEqual(await compile(t, 'import "permgate/cloak.css";\n'), []);
});

for (const resolution of Object.keys(RESOLUTIONS)) {
  test(`the plugins have the types that the configurations of Vite and webpack expect: resolution ${resolution}`, async (t) => {
    // The declarations of Vite and webpack need further types, which are not installed here.
    assert.deepEqual(await compile(t, PLUGINS, { resolution, more: { skipLibCheck: true } }), []);
  });
}
