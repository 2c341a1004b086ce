/** Nuxt: `npm create nuxt@latest -- --template minimal`, with pages. */

export default {
  title: "Nuxt 4",
  order: 32,
  note: "server rendering; Node.js 22, which Nuxt 4.5 needs",
  hasServer: true,
  hasUserData: true,
  versions: ["nuxt", "vue", "vue-router"],
  shared: {
    "actions.js": "app/utils/actions.js",
    "actions.d.ts": "app/utils/actions.d.ts",
    "rights.js": "server/rights.js",
    "rights.d.ts": "server/rights.d.ts",
  },
  development: { serve: ["nuxt", "dev", "--host", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["nuxt", "build"]], serve: ["node", ".output/server/index.mjs"], isPreloaded: true },
};
