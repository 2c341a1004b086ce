/** Angular with zone.js: `ng new --routing --zoneless=false --minimal`. */

export default {
  title: "Angular 21, zone.js",
  order: 22,
  isInlined: true,
  note: "the module is inlined unless the assets of `angular.json` name it",
  versions: ["@angular/core", "@angular/build", "zone.js"],
  shared: { "actions.js": "src/app/actions.js", "actions.d.ts": "src/app/actions.d.ts" },
  development: { serve: ["ng", "serve", "--port", "{port}", "--host", "127.0.0.1"], proxies: true },
  production: { build: [["ng", "build"]], folder: "dist/angular/browser" },
};
