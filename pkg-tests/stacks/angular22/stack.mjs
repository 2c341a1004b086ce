/** The same application as `angular`, with Angular 22 and without zone.js, as `ng new` makes it. */

import angular from "../angular/stack.mjs";

export default {
  ...angular,
  title: "Angular 22",
  order: 22.5,
  note: "zoneless; Node.js 22, which Angular 22 needs",
  basedOn: "angular",
  versions: ["@angular/core", "@angular/build"],
};
