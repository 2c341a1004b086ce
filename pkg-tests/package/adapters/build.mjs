/** Bundles the adapters' applications, and serves them with the package under the strict policy. */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { transformAsync } from "@babel/core";
import * as esbuild from "esbuild";
import * as svelte from "svelte/compiler";
import { DIST, HERE } from "../../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../../support/static-server.mjs";

const FOLDER = join(HERE, "package/adapters");

/** Compiles Svelte's components, also that of the package, and modules with runes. */
export const sveltePlugin = {
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte(\.js)?$/ }, async ({ path }) => {
      const compile = path.endsWith(".js") ? svelte.compileModule : svelte.compile;
      const { js, warnings } = compile(await readFile(path, "utf8"), { filename: path, generate: "client", dev: true });
      return { contents: js.code, loader: "js", warnings: warnings.map(({ message }) => ({ text: message })) };
    });
  },
};

/** The React Compiler, as the template `react-compiler-ts` of Vite runs it: it keeps values of a render that depend on nothing else. */
export const reactCompiler = {
  name: "react-compiler",
  setup(build) {
    build.onLoad({ filter: /\.jsx$/ }, async ({ path }) => {
      const { code } = await transformAsync(await readFile(path, "utf8"), { filename: path, configFile: false, babelrc: false, plugins: ["babel-plugin-react-compiler", "@babel/plugin-syntax-jsx"] });
      if (!code.includes("react/compiler-runtime")) throw new Error(`${path}: the compiler has compiled no component`);
      return { contents: code, loader: "jsx" };
    });
  },
};

/** The bundle of a module of this folder; `alias` names other versions of packages, and `plugins` are used as well. */
export async function bundle(name, alias = {}, plugins = []) {
  const { outputFiles, warnings } = await esbuild.build({
    entryPoints: [join(FOLDER, name)],
    bundle: true,
    jsx: "automatic",
    write: false,
    format: "esm",
    logLevel: "error",
    alias,
    conditions: ["svelte", "browser"],
    plugins: [sveltePlugin, ...plugins],
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
  });
  if (warnings.length > 0) throw new Error(`${name}: ${warnings.map(({ text }) => text).join("; ")}`);
  return outputFiles[0].text;
}

/** Serves this folder, the package, and bundles by their path. Every other path without an ending is the page. */
export function serveAdapters(bundles) {
  const page = readFileSync(join(FOLDER, "index.html"), "utf8");
  const intercept = (path) => {
    if (extname(path) === "") return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page };
    const body = bundles[path];
    return body === undefined ? undefined : { status: 200, headers: { "content-type": "text/javascript; charset=utf-8" }, body };
  };
  return serve({ "/": FOLDER, "/permgate/": DIST, "/support/": join(HERE, "support") }, { policy: STRICT_POLICY, intercept });
}
