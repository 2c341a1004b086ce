/** Angular with zone.js: `ng new --routing --zoneless=false --minimal`. */

export default {
  title: "Angular 21, zone.js",
  order: 22,
  note: "permgate.wasm as `ng add` has it served",
  versions: ["@angular/core", "@angular/build", "zone.js"],
  shared: { "actions.js": "src/app/actions.js", "actions.d.ts": "src/app/actions.d.ts" },
  development: { serve: ["ng", "serve", "--port", "{port}", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["ng", "build"]], folder: "dist/angular/browser", isPreloaded: true },
};
