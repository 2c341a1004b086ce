/** Bundles one framework's application for a page, as it would be deployed: with its own compiler where it has one. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import * as esbuild from "esbuild";
import * as svelte from "svelte/compiler";
import * as vue from "vue/compiler-sfc";
import { DIST, HERE } from "../../support/permgate-folder.mjs";
import { STRICT_POLICY, serve } from "../../support/static-server.mjs";

const FOLDER = join(HERE, "package/frameworks");

/** Svelte's components, and modules with its runes. */
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

/** Vue's single-file components, with their templates compiled. */
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

/** What a bundle of a module of this folder is, with more options of esbuild's. */
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
 * The bundle of a module of this folder, as text. Frameworks complain of wrong use only in their
 * development builds, which is what tests want; `mode` can be `production`, too.
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

/** What a module of this folder exports, run here, as on a server. */
export async function onServer(name) {
  const module = { exports: {} };
  const code = await build(name, { format: "cjs", platform: "node", packages: "external" });
  new Function("require", "module", code)(createRequire(import.meta.url), module);
  return module.exports;
}

/**
 * Serves this folder, the package and some bundles, under the strict policy unless another is
 * given. `answer(path)` may answer what is no file.
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
