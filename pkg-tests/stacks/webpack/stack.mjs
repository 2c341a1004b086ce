/** webpack 5: `npx create-webpack-app init`. */

export default {
  title: "webpack 5",
  order: 40,
  note: "Node.js 22, which webpack-dev-server 6 needs",
  versions: ["webpack", "webpack-dev-server"],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  development: { serve: ["webpack", "serve", "--mode=development", "--host", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["webpack", "--mode=production"]], folder: "dist", strict: true, isPreloaded: true },
};
