/** A form whose values and states Svelte renders itself; `mount` renders it below a node. */

import { flushSync, mount as mountComponent, unmount } from "svelte";
import State from "./State.svelte";

export function mount(target, properties) {
  const given = $state({ ...properties });
  const component = mountComponent(State, { target, props: given });
  flushSync();
  return {
    set(properties) {
      Object.assign(given, properties);
      flushSync();
    },
    unmount: () => unmount(component),
  };
}
