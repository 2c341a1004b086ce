/** Builds the npm package into dist/: bundles each entry with the glue, and writes the types. */

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const glue = join(root, "target/wasm-bindgen/permgate.js");
const wasm = join(root, "target/wasm-bindgen/permgate_bg.wasm");

if (!existsSync(glue) || !existsSync(wasm)) {
  console.error("target/wasm-bindgen is missing; `cargo xtask dist` builds it and then calls this");
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

/** The glue looks for the module beside itself, under another name; the entries say where it is. */
const glueWithoutPath = {
  name: "glue",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#glue$/ }, () => ({ path: glue }));
    onLoad({ filter: /permgate\.js$/ }, async ({ path }) => {
      const { readFile } = await import("node:fs/promises");
      const text = await readFile(path, "utf8");
      if (/import\.meta\.url/.test(text)) throw new Error("the glue still has a path of its own");
      return { contents: text, loader: "js" };
    });
  },
};

for (const [entry, platform] of [
  ["index", "browser"],
  ["node", "node"],
]) {
  await build({
    entryPoints: [join(here, `src/${entry}.ts`)],
    outfile: join(dist, `${entry}.js`),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform,
    minify: true,
    legalComments: "none",
    plugins: [glueWithoutPath],
  });
}

copyFileSync(wasm, join(dist, "permgate.wasm"));
copyFileSync(join(here, "src/cloak.css"), join(dist, "cloak.css"));
// TypeScript asks for the types of what is imported, stylesheets included.
writeFileSync(join(dist, "cloak.css.d.ts"), "export {};\n");
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(root, licence), join(here, licence));
}
copyFileSync(join(root, "README.md"), join(here, "README.md"));
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc")], {
  cwd: here,
  stdio: "inherit",
});
