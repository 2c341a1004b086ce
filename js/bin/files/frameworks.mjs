/** The frameworks of `permgate files`: which files of the guide each of them gets, and what is left to do by hand. */

/** What a file of the application, if there is one, has to contain before a step is done. */
const has = (path, text) => (read) => read(path)?.includes(text) ?? false;
const lacks = (path, text) => (read) => !has(path, text)(read);
const exists = (path) => (read) => read(path) !== undefined;

/** From the sign-in on, a cookie says who the user is. */
const DELETE_TOKEN = (file) => ({ file, isLeft: has(file, "token: ()"), text: `delete the line with \`token\` in ${file}` });

/** A package that the files of a part import. */
const INSTALL = (name, command) => ({ file: "package.json", isLeft: lacks("package.json", `"${name}"`), text: `run \`${command}\`` });

/** The step that starts the application, in the pages whose back end is a program of its own. */
const TWO_TERMINALS = "start `node node_modules/permgate/docs/contract/demo.mjs` and, in another terminal, `npm run dev`";

/**
 * By the name of the page of the guide. `needs`: packages that the application must have; `not`: packages that it may
 * not have, with the framework that is meant then; `template`: the command that makes such an application; `leftOut`:
 * a line that versions of the first package below a number do not know; `source`: the folder that may hold some of the
 * files. `parts`: the marks of the files that are written, by the name of the part; the first part has no name, and is
 * the one with which a newcomer begins. `byHand`: what the page says beside the files, with the step of the first
 * part, or in the section of another, and whether that is left to do in an application that is read by `read(path)`.
 * `start`: the step that starts the application.
 */
export const FRAMEWORKS = {
  react: {
    title: "React",
    needs: ["react", "vite"],
    template: "npm create -y vite@latest my-app -- --template react-ts --no-interactive",
    parts: {
      "": { marks: ["react"], start: [5, TWO_TERMINALS] },
      "sign-in": { marks: ["react sign-in"], section: "Signing in and out", byHand: [DELETE_TOKEN("src/permissions.ts")] },
      router: {
        marks: ["react sign-in", "react router"],
        section: "With React Router",
        byHand: [INSTALL("react-router", "npm install react-router"), DELETE_TOKEN("src/permissions.ts")],
      },
      rows: { marks: ["react rows"], section: "A list with permissions per row" },
    },
  },
  vue: {
    title: "Vue",
    needs: ["vue", "vue-router", "vite"],
    template: "npm create vue@latest my-app -- --ts --router",
    parts: {
      "": { marks: ["vue"], start: [5, TWO_TERMINALS] },
      "sign-in": { marks: ["vue sign-in"], section: "Signing in and out", byHand: [DELETE_TOKEN("src/permissions.ts")] },
    },
  },
  angular: {
    title: "Angular",
    needs: ["@angular/core", "@angular/router"],
    template: "npx @angular/cli@latest new my-app --defaults",
    parts: {
      "": {
        marks: ["angular", "angular spec"],
        byHand: [
          { step: 1, file: "angular.json", isLeft: lacks("angular.json", "permgate.wasm"), text: "run `npx ng add permgate --skip-confirmation`, so that angular.json serves the module" },
          { step: 4, file: "app.html", isLeft: exists("src/app/app.html"), text: "delete src/app/app.html, which is not used any more" },
          { step: 4, file: "app.css", isLeft: exists("src/app/app.css"), text: "delete src/app/app.css, which is not used any more" },
        ],
        start: [5, "start `node node_modules/permgate/docs/contract/demo.mjs` and, in another terminal, `npx ng serve --proxy-config proxy.conf.json`"],
      },
      "sign-in": { marks: ["angular sign-in"], section: "Signing in and out", byHand: [DELETE_TOKEN("src/app/permissions.ts")] },
      ssr: {
        marks: ["angular ssr"],
        section: "Server rendering",
        byHand: [
          { file: "server/", isLeft: (read) => read("server/server.mjs") === undefined, text: "put the kit's files `database.mjs`, `permissions.mjs` and `server.mjs` (docs/guide/backends.md) into the folder `server/`" },
          { file: "tsconfig.app.json", isLeft: lacks("tsconfig.app.json", '"allowJs": true'), text: 'add `"allowJs": true` to the `"compilerOptions"` of tsconfig.app.json' },
        ],
      },
      test: { marks: ["angular guard"], section: "Tests" },
    },
  },
  svelte: {
    title: "Svelte",
    needs: ["svelte", "vite"],
    not: { "@sveltejs/kit": "sveltekit" },
    template: "npm create vite@latest my-app -- --template svelte-ts --no-interactive",
    parts: {
      "": { marks: ["svelte"], start: [5, TWO_TERMINALS] },
      "sign-in": { marks: ["svelte sign-in"], section: "Signing in and out", byHand: [DELETE_TOKEN("src/permissions.ts")] },
    },
  },
  next: {
    title: "Next",
    needs: ["next"],
    template: "npx create-next-app@latest my-app --yes",
    // Templates have their files beneath `src/` if they are asked to. A second `app/` at the root would be used in its place.
    source: { folder: "src", holds: ["app", "lib"] },
    leftOut: { line: "export const instant = false;", below: 16 },
    parts: {
      "": {
        marks: ["next"],
        byHand: [
          {
            step: 5,
            file: "app/layout.tsx",
            isLeft: lacks("app/layout.tsx", "<RequestPermissions>"),
            text: 'in app/layout.tsx, add `import { RequestPermissions } from "./request-permissions";`, and write `<RequestPermissions>{children}</RequestPermissions>` in place of `{children}`',
          },
          { step: 5, file: "app/layout.tsx", isLeft: lacks("app/layout.tsx", "export const instant"), isOfLeftOut: true, text: "in app/layout.tsx, add the line `export const instant = false;` below the imports" },
        ],
        start: [8, "start `npm run dev`, open http://localhost:3000, and sign in as grace, password grace-demo"],
      },
      test: {
        marks: ["next test"],
        section: "Tests",
        byHand: [
          INSTALL("vitest", "npm install -D vitest@4 jsdom@29"),
          { file: "vitest.config.mts", isLeft: (_read, source) => source !== "", text: 'in vitest.config.mts, write `"src/"` in place of `"."`, since the application has its files there' },
        ],
      },
    },
  },
  nuxt: {
    title: "Nuxt",
    needs: ["nuxt"],
    template: "npm create nuxt@latest my-app -- --template minimal --packageManager npm --no-gitInit",
    parts: { "": { marks: ["nuxt"], start: [6, TWO_TERMINALS] } },
  },
  sveltekit: {
    title: "SvelteKit",
    needs: ["@sveltejs/kit"],
    template: "npx sv create my-app --template minimal --types ts --no-add-ons --install npm",
    parts: { "": { marks: ["sveltekit"], start: [8, "start `npm run dev`, open http://localhost:5173, and sign in as grace, password grace-demo"] } },
  },
};
