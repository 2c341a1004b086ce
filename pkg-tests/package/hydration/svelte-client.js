/** Hydrates Svelte's application in the browser. */

import { hydrate as take } from "svelte";
import App from "./App.svelte";

export function hydrate(root, props) {
  take(App, { target: root, props });
}
