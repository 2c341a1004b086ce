/** Server rendering in Angular: the files exactly as printed in the guide, with the kit in the same server, in an application of `ng new --ssr`. */

export default {
  title: "Angular 22, the guide's quick start with server rendering",
  order: 33.7,
  note: "the files as printed, with the kit in `src/server.ts`, and in production its Content-Security-Policy; Node.js 22, which Angular 22 needs",
  versions: ["@angular/core", "@angular/ssr", "@angular/build"],
  printed: "angular",
  development: { serve: ["ng", "serve", "--port", "{port}", "--host", "127.0.0.1"], proxies: true },
  production: { serve: ["node", "dist/my-app/server/server.mjs"], env: { NG_ALLOWED_HOSTS: "127.0.0.1" }, proxies: true, isBuilt: true },
};
