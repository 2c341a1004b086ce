/** The quick start for Nuxt: the files exactly as printed in the guide, in an application of `npm create nuxt`. */

export default {
  title: "Nuxt 4, the guide's quick start",
  order: 32.5,
  note: "the files as printed, checked by `nuxt typecheck`; Node.js 22, which Nuxt 4.5 needs",
  versions: ["nuxt", "vue"],
  printed: "nuxt",
  development: { serve: ["nuxt", "dev", "--host", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["nuxt", "typecheck"], ["nuxt", "build"]], serve: ["node", ".output/server/index.mjs"], addressIn: "NUXT_API" },
};
