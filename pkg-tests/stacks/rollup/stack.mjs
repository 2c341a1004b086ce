/** Rollup by its command line, with the one plugin that finds packages. */

const BUNDLE = ["rollup", "src/main.js", "--dir", "dist", "--format", "es", "--plugin", "node-resolve={browser:true}", "--failAfterWarnings"];

export default {
  title: "Rollup 4",
  order: 42,
  isInlined: true,
  note: "with `@rollup/plugin-node-resolve` alone, the module is inlined",
  versions: ["rollup", "@rollup/plugin-node-resolve"],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  production: { build: [["node", "lay-out.mjs"], BUNDLE], folder: "dist", strict: true },
};
