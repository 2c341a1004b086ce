/** A form whose values and states Vue renders itself; `mount` renders it below a node. */

import { createApp, h, nextTick, shallowRef } from "vue";
import State from "./State.vue";

export function mount(target, properties) {
  const given = shallowRef(properties);
  const app = createApp({ render: () => h(State, given.value) });
  app.mount(target);
  return {
    set(properties) {
      given.value = properties;
      return nextTick();
    },
    unmount: () => app.unmount(),
  };
}
