/** esbuild by its command line, with its own development server. */

const BUNDLE = ["esbuild", "src/main.js", "--bundle", "--format=esm", "--outdir=dist"];

export default {
  title: "esbuild",
  order: 41,
  isInlined: true,
  note: "the module is inlined unless `permgate.wasm` is copied beside the bundle",
  versions: ["esbuild"],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  development: {
    build: [["node", "lay-out.mjs"]],
    serve: [...BUNDLE, "--servedir=dist", "--serve-fallback=dist/index.html", "--serve=127.0.0.1:{port}", "--watch=forever"],
  },
  production: { build: [["node", "lay-out.mjs"], [...BUNDLE, "--minify"]], folder: "dist", strict: true },
};
