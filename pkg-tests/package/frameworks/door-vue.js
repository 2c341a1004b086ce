/** A Vue application that keeps an instance in reactive state, and has an element in the mode `remove`. */

import { createApp, h, nextTick, reactive, ref } from "vue";

/** Renders below `target`; returns a function that renders a node before the refused element. */
export function mount(target, permissions) {
  const state = reactive({ permissions, isMore: false });
  const status = ref(state.permissions.status);
  const { subscribe } = state.permissions;
  subscribe(() => {
    status.value = state.permissions.status;
  });
  createApp(() =>
    h("main", [
      h("output", `${status.value} ${state.permissions.can("invoice:edit")}`),
      state.isMore ? h("p", { id: "more" }, "More") : null,
      h("p", { id: "removed", "data-permission": "invoice:delete", "data-permission-mode": "remove" }, "Delete"),
    ]),
  ).mount(target);
  return () => {
    state.isMore = true;
    return nextTick();
  };
}
