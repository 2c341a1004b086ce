/** Next.js with the app router: `npx create-next-app@16 --ts --app --empty`. */

export default {
  title: "Next 16, Turbopack",
  order: 30,
  note: "server rendering, `rewrites` to the API",
  hasServer: true,
  hasKit: true,
  versions: ["next", "react"],
  shared: {
    "actions.js": "app/actions.js",
    "actions.d.ts": "app/actions.d.ts",
    "rights.js": "app/rights.js",
    "rights.d.ts": "app/rights.d.ts",
  },
  development: { serve: ["next", "dev", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["next", "build"]], serve: ["next", "start", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true, isPreloaded: true },
};
