/** Bundles the applications that a server renders: once for the server and once for the browser. */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as svelte from "svelte/compiler";

const FOLDER = dirname(fileURLToPath(import.meta.url));

const svelteFor = (generate) => ({
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte(\.js)?$/ }, async ({ path }) => {
      const compile = path.endsWith(".js") ? svelte.compileModule : svelte.compile;
      const { js } = compile(await readFile(path, "utf8"), { filename: path, generate, dev: generate === "client" });
      return { contents: js.code, loader: "js" };
    });
  },
});

const SHARED = {
  bundle: true,
  jsx: "automatic",
  format: "esm",
  logLevel: "error",
  define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true" },
};

/** The text of the browser's bundle. */
export async function bundleForBrowser(file, alias) {
  const { outputFiles } = await esbuild.build({ ...SHARED, alias, entryPoints: [join(FOLDER, file)], write: false, conditions: ["svelte", "browser"], plugins: [svelteFor("client")] });
  return outputFiles[0].text;
}

/** Writes the server's bundle to a file, and imports it. The package is not part of the bundle, since each server has the package once. */
export async function importForServer(file, alias, outfile) {
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await esbuild.build({ ...SHARED, alias, entryPoints: [join(FOLDER, file)], outfile, platform: "node", external: ["permgate/server"], conditions: ["svelte"], banner, plugins: [svelteFor("server")] });
  return import(outfile);
}
