/** Angular with server rendering, without zone.js: `ng new --ssr --minimal`. */

export default {
  title: "Angular 21, server rendering",
  order: 33,
  note: "zoneless; `@angular/ssr` on Express",
  basedOn: "angular",
  hasServer: true,
  outlastsApi: true,
  versions: ["@angular/core", "@angular/ssr", "@angular/build"],
  shared: {
    "actions.js": "src/app/actions.js",
    "actions.d.ts": "src/app/actions.d.ts",
    "rights.js": "src/rights.js",
    "rights.d.ts": "src/rights.d.ts",
  },
  development: { serve: ["ng", "serve", "--port", "{port}", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["ng", "build"]], serve: ["node", "dist/angular/server/server.mjs"], env: { NG_ALLOWED_HOSTS: "127.0.0.1" }, isPreloaded: true },
};
