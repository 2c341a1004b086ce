/** The desk in Svelte: `mount` renders it below a node. */

import { flushSync, mount as mountComponent, unmount } from "svelte";
import Desk from "./Desk.svelte";

export function mount(target, properties) {
  const given = $state({ ...properties });
  const component = mountComponent(Desk, { target, props: given });
  flushSync();
  return {
    root: target,
    set(properties) {
      Object.assign(given, properties);
      flushSync();
    },
    unmount: () => unmount(component),
  };
}
