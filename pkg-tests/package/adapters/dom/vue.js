/** The application for the tests of Vue's adapter in jsdom: a gate by requirement and one by route; `mount` renders it. */

import { PermissionGate, permgate, useCan, useSubject } from "permgate/vue";
import { createApp, h, nextTick, shallowReactive } from "vue";

const fallback = ({ status, retry }) => h("button", { id: "fallback", onClick: retry }, status);

/** How often the element with the user was rendered. */
export const renders = { user: 0 };

const User = {
  setup() {
    const user = useSubject();
    return () => ((renders.user += 1), h("u", user.value));
  },
};

/** Renders the application below a node. */
export function mount(target, { permissions, bind, ...properties }) {
  const given = shallowReactive(properties);
  const Guarded = () =>
    h(PermissionGate, { do: given.requirement === null ? undefined : (given.requirement ?? "invoice:view"), on: given.resource, route: given.route }, { default: () => h("input", { id: "note" }), denied: () => h("p", { id: "left" }), fallback });
  const app = createApp({ render: () => [h(Guarded), given.isUserLeftOut ? undefined : h(User)] });
  app.use(permgate, { permissions, ...(bind === undefined ? {} : { bind }) });
  app.mount(target);
  return {
    set({ permissions: _, ...properties }) {
      for (const key of Object.keys(given)) delete given[key];
      Object.assign(given, properties);
      return nextTick();
    },
    unmount: () => app.unmount(),
  };
}

/** What a component without the plugin throws. */
export function withoutProvider() {
  let thrown;
  const Lonely = {
    setup() {
      try {
        useCan("invoice:view");
      } catch (error) {
        thrown = error;
      }
      return () => null;
    },
  };
  createApp(Lonely).mount(document.createElement("div"));
  return thrown;
}

export { permgate, vCan } from "permgate/vue";
