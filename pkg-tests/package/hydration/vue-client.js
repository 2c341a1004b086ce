/** Hydrates Vue's application in the browser. */

import { application } from "./vue.js";

export function hydrate(root, options) {
  application(options).mount(root);
}
