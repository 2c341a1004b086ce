/** The desk in Vue: `mount` renders it below a node. */

import { createApp, h, nextTick, shallowRef } from "vue";
import Desk from "./Desk.vue";

export function mount(target, properties) {
  const given = shallowRef(properties);
  const app = createApp({ render: () => h(Desk, given.value) });
  app.mount(target);
  return {
    root: target,
    set(properties) {
      given.value = properties;
      return nextTick();
    },
    unmount: () => app.unmount(),
  };
}
