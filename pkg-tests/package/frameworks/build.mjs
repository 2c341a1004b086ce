/** Bundles the application of a framework as for deployment, with the framework's own compiler if it has one. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import * as esbuild from "esbuild";
import * as svelte from "svelte/compiler";
import * as vue from "vue/compiler-sfc";
import { DIST, HERE } from "../../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../../support/static-server.mjs";

const FOLDER = join(HERE, "package/frameworks");

/** Compiles Svelte's components, and modules with runes. */
const sveltePlugin = {
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte(\.js)?$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const compile = path.endsWith(".js") ? svelte.compileModule : svelte.compile;
      const { js, warnings } = compile(source, { filename: path, generate: "client" });
      return { contents: js.code, loader: "js", warnings: warnings.map(({ message }) => ({ text: message })) };
    });
  },
};

/** Compiles Vue's single-file components with their templates. */
const vuePlugin = {
  name: "vue",
  setup(build) {
    build.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = vue.parse(await readFile(path, "utf8"), { filename: path });
      const { content } = vue.compileScript(descriptor, { id: basename(path), inlineTemplate: true });
      return { contents: content, loader: "js", resolveDir: dirname(path), errors: errors.map(({ message }) => ({ text: message })) };
    });
  },
};

/** Bundles a module of this folder, with further options of esbuild. */
async function build(name, options) {
  const { outputFiles, warnings } = await esbuild.build({
    entryPoints: [join(FOLDER, name)],
    bundle: true,
    jsx: "automatic",
    write: false,
    logLevel: "error",
    ...options,
  });
  if (warnings.length > 0) throw new Error(`${name}: ${warnings.map(({ text }) => text).join("; ")}`);
  return outputFiles[0].text;
}

/**
 * The bundle of a module of this folder, as text. Tests use development builds, as frameworks warn of
 * wrong use only in those; `mode` can be `production`, too.
 */
export function bundle(name, { mode = "development" } = {}) {
  return build(name, {
    format: "esm",
    // Without the condition `development`: with it, lit warns of itself.
    conditions: ["svelte", "browser"],
    define: {
      "process.env.NODE_ENV": JSON.stringify(mode),
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    plugins: [sveltePlugin, vuePlugin],
  });
}

/** Runs a module of this folder here, as on a server, and returns its exports. */
export async function onServer(name) {
  const module = { exports: {} };
  const code = await build(name, { format: "cjs", platform: "node", packages: "external" });
  new Function("require", "module", code)(createRequire(import.meta.url), module);
  return module.exports;
}

/**
 * Serves this folder, the package and some bundles, under the strict policy unless another is
 * given. `answer(path)` may answer requests for which there is no file.
 */
export async function serveApplications(t, bundles, { policy = STRICT_POLICY, answer = () => undefined } = {}) {
  const built = new Map(await Promise.all(Object.entries(bundles).map(async ([path, text]) => [path, await text])));
  const intercept = (path) => {
    const body = built.get(path);
    return body === undefined ? answer(path) : { status: 200, headers: { "content-type": "text/javascript; charset=utf-8" }, body };
  };
  const folders = { "/": FOLDER, "/permgate/": DIST, "/support/": join(HERE, "support") };
  const server = await serve(folders, { policy, intercept });
  t.after(() => server.close());
  return server;
}
