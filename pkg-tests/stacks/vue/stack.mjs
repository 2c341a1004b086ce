/** Vue with Vue Router: `npm create vue@latest -- --ts --router --bare`. */

export default {
  title: "Vue 3.5, Vue Router 5",
  order: 21,
  versions: ["vite", "vue", "vue-router"],
  shared: { "actions.js": "src/actions.js", "actions.d.ts": "src/actions.d.ts" },
  development: { serve: ["vite", "--port", "{port}", "--strictPort", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["vue-tsc", "--build"], ["vite", "build"]], folder: "dist", strict: true },
};
