/** Vite 8 without a framework: `npm create vite@latest -- --template vanilla`. */

export default {
  title: "Vite 8, vanilla",
  order: 10,
  versions: ["vite"],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  development: { serve: ["vite", "--port", "{port}", "--strictPort", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["vite", "build"]], folder: "dist", strict: true },
};
