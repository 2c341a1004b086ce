/** No bundler: the package's files are served as they are, and an import map names them. */

export default {
  title: "no bundler",
  order: 44,
  note: "import map",
  versions: [],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  production: { build: [["cp", "-r", "node_modules/permgate/dist", "permgate"]], folder: "." },
};
