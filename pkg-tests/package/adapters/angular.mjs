/** Compiles Angular applications ahead of time, as its own build does: templates by `ngc`, libraries by the linker. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NodeJSFileSystem } from "@angular/compiler-cli";
import { createEs2015LinkerPlugin } from "@angular/compiler-cli/linker/babel";
import * as esbuild from "esbuild";
import { HERE } from "../../support/permgate-folder.mjs";

const { transformAsync } = (await import("@babel/core")).default;
const FOLDER = join(HERE, "package/adapters/angular");
const NGC = join(dirname(fileURLToPath(import.meta.resolve("@angular/compiler-cli/package.json"))), "bundles/src/bin/ngc.js");

const QUIET = { debug() {}, info() {}, warn: console.warn, error: console.error, level: 2 };

/** Angular's linker, which finishes the partial compilation of libraries. */
const linker = {
  name: "angular linker",
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/](@angular|permgate)[\\/].*\.m?js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes("ɵɵngDeclare") || path.includes("/@angular/core/")) return undefined;
      const plugin = createEs2015LinkerPlugin({ fileSystem: new NodeJSFileSystem(), logger: QUIET, linkerJitMode: false, sourceMapping: false });
      const { code } = await transformAsync(text, { filename: path, plugins: [plugin], configFile: false, babelrc: false, compact: false });
      return { contents: code, loader: "js" };
    });
  },
};

/**
 * Compiles programs (the texts of files by name) in a folder of their own, with the strictest templates. Returns the
 * folder, the output of the compiler, and a function that removes the folder.
 */
export async function compileAngular(files, options = {}) {
  const folder = await mkdtemp(join(HERE, "package/adapters/angular-compiled-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const compilerOptions = {
    strict: true,
    skipLibCheck: true,
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable", "esnext.disposable"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    experimentalDecorators: true,
    rootDir: ".",
    outDir: "out",
  };
  const angularCompilerOptions = { strictTemplates: true, strictInputAccessModifiers: true, ...options };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, angularCompilerOptions, include: ["*.ts"] }));
  // Not `spawnSync`, which would hold up tests that run beside this one.
  const written = await new Promise((resolve) => {
    execFile(process.execPath, [NGC, "-p", join(folder, "tsconfig.json")], { env: { ...process.env, NO_COLOR: "1" } }, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
  return { folder, written: written.trim(), remove: () => rm(folder, { recursive: true }) };
}

/** The end of a name, for the application with zone.js, which does not see native `async`. */
const ZONED = /-zone$/;

/** Bundles applications of the folder `angular/`, by name. */
export async function bundleAngular(...names) {
  const sources = new Set(names.map((name) => `${name.replace(ZONED, "")}.ts`));
  const files = [...sources].map(async (name) => [name, await readFile(join(FOLDER, name), "utf8")]);
  return bundlePrograms(Object.fromEntries(await Promise.all(files)), names);
}

/** Bundles an application of the folder `angular/`, and imports it here. Returns its exports, and a function that removes its files. */
export async function importAngular(name) {
  const folder = await mkdtemp(join(HERE, "package/adapters/built-angular-"));
  const [bundled] = await bundleAngular(name);
  await writeFile(join(folder, "main.mjs"), bundled);
  return { application: await import(pathToFileURL(join(folder, "main.mjs"))), remove: () => rm(folder, { recursive: true }) };
}

/** Bundles programs by the names of their entries; `files` are the texts of all files by name. */
export async function bundlePrograms(files, names) {
  const { folder, written, remove } = await compileAngular(files);
  try {
    if (written !== "") throw new Error(written);
    const bundles = names.map(async (name) => {
      const isZoned = ZONED.test(name);
      const entry = `${isZoned ? 'import "zone.js";\n' : ""}export * from "./${name.replace(ZONED, "")}.js";\n`;
      const { outputFiles } = await esbuild.build({
        stdin: { contents: entry, resolveDir: join(folder, "out") },
        bundle: true,
        write: false,
        format: "esm",
        logLevel: "error",
        target: isZoned ? "es2016" : "es2022",
        plugins: [linker],
      });
      return outputFiles[0].text;
    });
    return await Promise.all(bundles);
  } finally {
    await remove();
  }
}
