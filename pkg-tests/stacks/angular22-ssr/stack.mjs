/** The same application as `angular-ssr`, with Angular 22. */

import angular from "../angular-ssr/stack.mjs";

export default {
  ...angular,
  title: "Angular 22, server rendering",
  order: 33.5,
  note: "zoneless; `@angular/ssr` on Express; Node.js 22, which Angular 22 needs",
  basedOn: ["angular", "angular-ssr"],
};
