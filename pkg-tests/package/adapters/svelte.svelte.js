/** Renders the application for the tests of the adapter for Svelte, and counts the questions of its parts. */

import { flushSync, mount as mountComponent, unmount } from "svelte";
import App from "./Svelte.svelte";

/** Renders the application below a node. */
export function mount(target, properties) {
  const given = $state({ ...properties });
  const renders = { edit: 0 };
  const app = mountComponent(App, { target, props: { given, renders } });
  flushSync();
  return {
    set(properties) {
      given.resource = properties.resource;
      flushSync();
    },
    renders,
    unmount: () => unmount(app),
  };
}
