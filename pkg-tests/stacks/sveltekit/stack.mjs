/** SvelteKit with its adapter for Node.js: `npx sv create --template minimal --types ts`; permgate is in `devDependencies`, as `sv` puts all. */

export default {
  title: "SvelteKit 2, Svelte 5",
  order: 31,
  note: "server rendering, adapter-node, permgate in `devDependencies`",
  asDevDependency: true,
  hasServer: true,
  hasUserData: true,
  versions: ["vite", "svelte", "@sveltejs/kit", "@sveltejs/adapter-node"],
  shared: {
    "actions.js": "src/lib/actions.js",
    "actions.d.ts": "src/lib/actions.d.ts",
    "rights.js": "src/lib/rights.js",
    "rights.d.ts": "src/lib/rights.d.ts",
  },
  development: { serve: ["vite", "dev", "--port", "{port}", "--strictPort", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["vite", "build"]], serve: ["node", "build"], isPreloaded: true },
};
