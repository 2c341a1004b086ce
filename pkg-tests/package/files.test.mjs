/** `npx permgate files`: the files of the guide in folders of their own, as the installed package writes them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { HERE, PACKAGE } from "../support/permgate-folder.mjs";

const PROGRAM = join(PACKAGE, "bin/permgate.mjs");
const { FRAMEWORKS } = await import(pathToFileURL(join(PACKAGE, "bin/files/frameworks.mjs")));
const NAMES = ["react", "vue", "angular", "svelte", "next", "nuxt", "sveltekit"];

/** Runs the command in a folder: `{ status, out, err }`. */
function run(folder, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, "files", ...args], { cwd: folder, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

/** A folder with these files, and a package.json that names these packages. */
function application(t, { packages = [], files = {} } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "permgate-files-")));
  t.after(() => rmSync(folder, { recursive: true }));
  const manifest = JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "*"])) });
  lay(folder, { ...(packages.length > 0 && { "package.json": manifest, "tsconfig.json": "{}" }), ...files });
  return folder;
}

/** An application that has every package that the files for a framework need. */
const applicationOf = (t, name, files) => application(t, { packages: [...FRAMEWORKS[name].needs, "permgate"], files });

function lay(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const read = (folder, path) => readFileSync(join(folder, path), "utf8");

/** All files of a folder but those with which it began. */
const written = (folder) => readdirSync(folder, { recursive: true }).filter((path) => statSync(join(folder, path)).isFile()).map((path) => path.replaceAll("\\", "/")).filter((path) => !["package.json", "tsconfig.json"].includes(path)).sort();

/**
 * The files that a page prints after a mark, read line by line, and not by the expression of the command: from the line
 * after the fence that follows the comment to the next fence, without the indentation of the comment.
 */
function printed(name, mark) {
  const files = {};
  const lines = readFileSync(join(HERE, `../docs/guide/${name}.md`), "utf8").split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const comment = lines[at].trim();
    if (!comment.startsWith(`<!-- ${mark}: `) || !comment.endsWith(" -->")) continue;
    const indent = lines[at].length - lines[at].trimStart().length;
    let text = "";
    for (at += 2; lines[at].trim() !== "```"; at += 1) text += `${lines[at].slice(indent)}\n`;
    files[comment.slice(`<!-- ${mark}: `.length, -" -->".length)] = text;
  }
  return files;
}

test("the command has files for the seven frameworks that have a quick start", () => {
  assert.deepEqual(Object.keys(FRAMEWORKS), NAMES);
});

for (const name of NAMES) {
  for (const [part, { marks }] of Object.entries(FRAMEWORKS[name].parts)) {
    const title = `${name}${part && `, the part ${part}`}`;
    const files = Object.assign({}, ...marks.map((mark) => printed(name, mark)));
    const args = [name, part].filter(Boolean);

    test(`${title}: the files are byte for byte those of the guide, and a second run finds them unchanged`, (t) => {
      assert.ok(Object.keys(files).length > 0);
      const folder = applicationOf(t, name);
      const first = run(folder, ...args);
      assert.deepEqual([first.status, first.err], [0, ""]);
      assert.deepEqual(written(folder), Object.keys(files).sort());
      for (const [path, text] of Object.entries(files)) assert.equal(read(folder, path), text, path);
      assert.deepEqual(Object.keys(files).filter((path) => !first.out.includes(`wrote      ${path}\n`)), []);
      const second = run(folder, ...args);
      assert.equal(second.status, 0);
      assert.doesNotMatch(second.out, /^(wrote|replaced|kept)/m);
    });

    test(`${title}: the names are listed, also where there is no application, and nothing is written`, (t) => {
      const folder = application(t);
      assert.deepEqual(run(folder, ...args, "--list"), { status: 0, out: Object.keys(files).map((path) => `${path}\n`).join(""), err: "" });
      assert.deepEqual(written(folder), []);
    });
  }

  test(`${name}: every step that is printed is one of the guide, which names the same file there`, () => {
    const page = readFileSync(join(HERE, `../docs/guide/${name}.md`), "utf8");
    const sections = page.split(/^## /m);
    for (const { section, byHand = [], start } of Object.values(FRAMEWORKS[name].parts)) {
      const text = section === undefined ? sections.find((text) => text.startsWith("From the template")) : sections.find((text) => text.startsWith(`${section}\n`));
      assert.ok(text, section);
      const step = (number) => text.split(/^(?=\d+\. )/m).find((text) => text.startsWith(`${number}. `)) ?? "";
      for (const { step: number, file, text: what } of byHand) {
        if (number !== undefined) assert.ok(step(number).includes(file), `step ${number} does not name ${file}`);
        for (const [, command] of what.matchAll(/run `([^`]+)`/g)) assert.ok(text.includes(command), `the guide does not have \`${command}\``);
      }
      if (start) assert.match(step(start[0]), /^\d+\. \*\*Start\*\*/);
    }
    assert.ok(page.includes(FRAMEWORKS[name].template), "the guide has another command for the template");
  });
}

test("a file with other content is kept, with status 1, and the others are written; with --replace it is replaced", (t) => {
  const files = printed("next", "next");
  const folder = applicationOf(t, "next", { "app/page.tsx": "export default () => null;\n", "lib/sign-in.ts": files["lib/sign-in.ts"] });
  const first = run(folder, "next");
  assert.equal(first.status, 1);
  assert.equal(read(folder, "app/page.tsx"), "export default () => null;\n");
  assert.match(first.out, /^kept {7}app\/page\.tsx$/m);
  assert.match(first.out, /^unchanged {2}lib\/sign-in\.ts$/m);
  assert.match(first.out, /^Files that were kept have other content than the guide's: `--replace` replaces it\.$/m);
  assert.equal(read(folder, "app/session.tsx"), files["app/session.tsx"]);
  const second = run(folder, "next", "--replace");
  assert.equal(second.status, 0);
  assert.match(second.out, /^replaced {3}app\/page\.tsx$/m);
  assert.doesNotMatch(second.out, /^(wrote|kept)/m);
  assert.equal(read(folder, "app/page.tsx"), files["app/page.tsx"]);
});

test("a file whose line breaks are those of Windows is unchanged", (t) => {
  const text = printed("react", "react")["src/App.tsx"].replaceAll("\n", "\r\n");
  const folder = applicationOf(t, "react", { "src/App.tsx": text });
  const { status, out } = run(folder, "react", "--replace");
  assert.equal(status, 0);
  assert.match(out, /^unchanged {2}src\/App\.tsx$/m);
  assert.equal(read(folder, "src/App.tsx"), text);
});

test("what is left to do by hand is printed with its step of the guide until it is done", (t) => {
  const folder = application(t, { packages: ["next"], files: { "app/layout.tsx": "export default ({ children }) => children;\n" } });
  const { out } = run(folder, "next");
  assert.match(out, /^- step 1: run `npm install permgate`$/m);
  assert.match(out, /^- step 5: in app\/layout\.tsx, .*<RequestPermissions>/m);
  assert.match(out, /^- step 5: in app\/layout\.tsx, .*`export const instant = false;`/m);
  assert.match(out, /^The guide is node_modules\/permgate\/docs\/guide\/next\.md\. Step 8: start `npm run dev`/m);
  lay(folder, { "package.json": '{ "dependencies": { "next": "*", "permgate": "*" } }', "app/layout.tsx": "export const instant = false;\n<RequestPermissions>" });
  assert.doesNotMatch(run(folder, "next").out, /by hand/);
});

test("Angular's files that are not used any more are named, and the line with the token after the sign-in", (t) => {
  const folder = applicationOf(t, "angular", { "angular.json": '{ "glob": "*permgate.wasm" }', "src/app/app.html": "", "src/app/app.css": "" });
  const { out } = run(folder, "angular");
  assert.match(out, /by hand:\n- step 4: delete src\/app\/app\.html, .*\n- step 4: delete src\/app\/app\.css, .*\n\n/);
  assert.match(run(folder, "angular", "sign-in", "--replace").out, /by hand:\n- "Signing in and out": delete the line with `token` in src\/app\/permissions\.ts\n/);
});

test("React Router and Vitest are to be installed where package.json does not name them", (t) => {
  assert.match(run(applicationOf(t, "react"), "react", "router").out, /^- "With React Router": run `npm install react-router`$/m);
  assert.match(run(applicationOf(t, "next"), "next", "test").out, /^- "Tests": run `npm install -D vitest@4 jsdom@29`$/m);
});

for (const [version, isLeftOut] of [["15.5.2", true], ["16.0.0", false]]) {
  test(`in Next ${version}, files ${isLeftOut ? "do not have" : "have"} the line that Next 15 does not know`, (t) => {
    const line = "export const instant = false;\n";
    assert.ok(readFileSync(join(HERE, "../docs/guide/next.md"), "utf8").includes("In Next 15, leave out each line `export const instant = false;`"));
    const folder = applicationOf(t, "next", { "node_modules/next/package.json": JSON.stringify({ name: "next", version }) });
    const { out } = run(folder, "next");
    const page = printed("next", "next")["app/invoices/page.tsx"];
    assert.ok(page.includes(`\n${line}\n`));
    assert.equal(read(folder, "app/invoices/page.tsx"), isLeftOut ? page.replace(`\n${line}\n`, "\n") : page);
    assert.equal(out.includes("export const instant"), !isLeftOut);
    assert.equal(run(folder, "next").status, 0);
  });
}

test("while Next is not installed, the version in package.json says whether the line is left out", (t) => {
  const folder = applicationOf(t, "next");
  lay(folder, { "package.json": '{ "dependencies": { "next": "^15.1.0", "permgate": "*" } }' });
  run(folder, "next");
  assert.ok(!read(folder, "app/invoices/page.tsx").includes("instant"));
});

test("where Next has its files beneath src, the guide's files are beneath it, too", (t) => {
  const folder = applicationOf(t, "next", { "src/app/layout.tsx": "", "src/app/page.tsx": "" });
  const { out } = run(folder, "next", "--replace");
  const files = printed("next", "next");
  assert.deepEqual(written(folder), [...Object.keys(files).map((path) => `src/${path}`), "src/app/layout.tsx"].sort());
  assert.match(out, /^replaced {3}src\/app\/page\.tsx$/m);
  assert.match(out, /^- step 5: in src\/app\/layout\.tsx, /m);
  const { out: tests } = run(folder, "next", "test");
  assert.ok(existsSync(join(folder, "vitest.config.mts")));
  assert.match(tests, /^- "Tests": in vitest\.config\.mts, write `"src\/"` in place of `"\."`/m);
});

test("where Next has `app` at the root, the files are there, whatever is beneath src", (t) => {
  const folder = applicationOf(t, "next", { "app/layout.tsx": "", "src/lib/own.ts": "" });
  run(folder, "next");
  assert.ok(existsSync(join(folder, "app/session.tsx")));
  assert.deepEqual(written(folder).filter((path) => path.startsWith("src/")), ["src/lib/own.ts"]);
});

test("the files for SvelteKit import nothing of Node.js, whose types its template does not install", () => {
  for (const [path, text] of Object.entries(printed("sveltekit", "sveltekit"))) assert.doesNotMatch(text, /from "node:/, path);
});

/** Arguments that cannot be used, each with the error. */
const USAGE = [
  [[], "the framework is missing; give one of `react`, `vue`, `angular`, `svelte`, `next`, `nuxt`, `sveltekit`"],
  [["solid"], "there are no files for `solid`; give one of `react`, `vue`, `angular`, `svelte`, `next`, `nuxt`, `sveltekit`"],
  [["toString"], "there are no files for `toString`; give one of `react`, `vue`, `angular`, `svelte`, `next`, `nuxt`, `sveltekit`"],
  [["react", "test"], "there is no part `test` of the files for `react`; give `sign-in` or `router` or `rows`, or leave it out"],
  [["nuxt", "sign-in"], "there is no part `sign-in` of the files for `nuxt`; leave it out"],
  [["react", "sign-in", "router"], "there is no part `sign-in router` of the files for `react`; give `sign-in` or `router` or `rows`, or leave it out"],
  [["next", "--force"], "there is no option `--force`; `permgate files --help` lists all options"],
];

for (const [args, message] of USAGE) {
  test(`\`permgate files ${args.join(" ")}\` is refused with what to give, and writes nothing`, (t) => {
    const folder = application(t, { packages: ["react", "vite", "next", "nuxt"] });
    assert.deepEqual(run(folder, ...args), { status: 2, out: "", err: `permgate: ${message}\n` });
    assert.deepEqual(written(folder), []);
  });
}

/** Folders that are no application for the files: `[name, framework, packages, error]`. */
const ELSEWHERE = [
  ["without package.json", "next", [], "there is no package.json in this folder; run the command in the folder of your application"],
  ["of another framework", "next", ["@angular/core", "@angular/router"], "package.json does not name `next`, which the files for Next need; is `permgate files angular` meant?"],
  ["of Next, for React", "react", ["next", "react"], "package.json does not name `vite`, which the files for React need; is `permgate files next` meant?"],
  ["of Nuxt, for Vue", "vue", ["nuxt", "vue", "vue-router"], "package.json does not name `vite`, which the files for Vue need; is `permgate files nuxt` meant?"],
  ["of SvelteKit, for Svelte", "svelte", ["svelte", "vite", "@sveltejs/kit"], "package.json names `@sveltejs/kit`: run `permgate files sveltekit`"],
  ["of Vue without a router", "vue", ["vue", "vite"], "package.json does not name `vue-router`, which the files for Vue need; run the command in an application of the template, `npm create vue@latest my-app -- --ts --router`"],
];

for (const [name, framework, packages, message] of ELSEWHERE) {
  test(`in a folder ${name}, nothing is written, and the error says what to do`, (t) => {
    const folder = application(t, { packages });
    assert.deepEqual(run(folder, framework), { status: 2, out: "", err: `permgate: ${message}\n` });
    assert.deepEqual(written(folder), []);
  });
}

test("in an application without TypeScript, or with a broken package.json, nothing is written", (t) => {
  const folder = applicationOf(t, "react");
  rmSync(join(folder, "tsconfig.json"));
  assert.match(run(folder, "react").err, /there is no tsconfig\.json in this folder; run the command in an application of the template/);
  lay(folder, { "package.json": "{" });
  const { status, err } = run(folder, "react");
  assert.equal(status, 2);
  assert.match(err, /^permgate: package\.json is not JSON \(.*\); correct it, and run the command again\n$/);
  assert.deepEqual(written(folder), []);
});

test("nothing is written through a link that leads out of the folder, also with --replace, nor through one that leads nowhere", (t) => {
  const outside = application(t, { packages: ["react"], files: { "App.tsx": "outside" } });
  const link = (path, target) => (folder) => (mkdirSync(dirname(join(folder, path)), { recursive: true }), symlinkSync(target, join(folder, path)));
  const cases = [
    [link("src", outside), "`src` is a link to a place outside of this folder; nothing is written there"],
    [link("src/App.tsx", join(outside, "App.tsx")), "`src/App.tsx` is a link to a place outside of this folder; nothing is written there"],
    [link("src/App.tsx", join(outside, "nothing.tsx")), "`src/App.tsx` is a link that leads nowhere; remove it, and run the command again"],
  ];
  for (const [make, message] of cases) {
    const folder = applicationOf(t, "react");
    make(folder);
    assert.deepEqual(run(folder, "react", "--replace"), { status: 2, out: "", err: `permgate: ${message}\n` });
    assert.ok(!existsSync(join(folder, "vite.config.ts")), "a file was written before all were looked at");
  }
  assert.deepEqual(written(outside), ["App.tsx"]);
  assert.equal(read(outside, "App.tsx"), "outside");
});

test("through a link that stays in the folder, files are written", (t) => {
  const folder = applicationOf(t, "react", { "sources/App.tsx": "" });
  symlinkSync("sources", join(folder, "src"));
  assert.equal(run(folder, "react", "--replace").status, 0);
  assert.equal(read(folder, "sources/App.tsx"), printed("react", "react")["src/App.tsx"]);
});

test("a folder in the place of a file, and a file in the place of a folder, are named, and nothing is written", (t) => {
  const folder = applicationOf(t, "react", { "src/App.tsx/README": "" });
  assert.equal(run(folder, "react", "--replace").err, "permgate: `src/App.tsx` is not a file; rename it, and run the command again\n");
  const other = applicationOf(t, "react", { src: "" });
  assert.equal(run(other, "react", "--replace").err, "permgate: `src` is not a folder; rename it, and run the command again\n");
  assert.deepEqual(written(other), ["src"]);
});

test("`permgate --help` names both commands, and an unknown command is refused with their names", () => {
  const permgate = (...args) => spawnSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8" });
  const { status, stdout } = permgate("--help");
  assert.equal(status, 0);
  assert.match(stdout, /permgate contract .*\n {2}permgate files /);
  assert.equal(permgate().status, 2);
  assert.deepEqual([permgate("file").status, permgate("file").stderr], [2, "permgate: there is no command `file`; the commands are `permgate contract` and `permgate files`\n"]);
  const help = permgate("files", "--help");
  assert.equal(help.status, 0);
  for (const name of NAMES) assert.ok(help.stdout.includes(name));
});
