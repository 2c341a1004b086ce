/** Renders the application for the tests of Svelte's adapter in jsdom. */

import { PermissionsState } from "permgate/svelte";
import { flushSync, mount as mountComponent, unmount } from "svelte";
import App from "./Svelte.svelte";
import Lonely from "./SvelteLonely.svelte";

/** How often an effect has followed the user. */
export const renders = { user: 0 };

/** Renders the application below a node. */
export function mount(target, properties) {
  let given = $state.raw(properties);
  const app = mountComponent(App, { target, props: { get given() { return given; }, rendered: () => (renders.user += 1) } });
  flushSync();
  return {
    set(properties) {
      given = properties;
      flushSync();
    },
    unmount: () => unmount(app),
  };
}

/** What a component below none that provides permissions throws. */
export function withoutProvider() {
  let thrown;
  mountComponent(Lonely, { target: document.createElement("div"), props: { caught: (error) => (thrown = error) } });
  flushSync();
  return thrown;
}

/** Follows an answer in an effect; gives the answers so far, and how to end it. */
export function follow(holder) {
  const permissions = new PermissionsState(holder);
  const answers = [];
  const end = $effect.root(() => {
    $effect(() => void answers.push(permissions.can("invoice:view")));
  });
  flushSync();
  return { answers, flush: flushSync, end };
}
