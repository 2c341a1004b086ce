/** The application for the tests of the adapter for Vue; `mount` renders it, and counts the renders of each part. */

import { PermissionGate, permgate, useCan, useCanSomewhere, usePermissions, useStatus } from "permgate/vue";
import { createApp, defineComponent, h, nextTick, resolveDirective, shallowReactive, withDirectives } from "vue";

const renders = { edit: 0 };

const Edit = defineComponent(() => {
  const mayEdit = useCan("invoice:edit");
  return () => {
    renders.edit += 1;
    return mayEdit.value ? h("button", { id: "edit" }, "Edit") : undefined;
  };
});

const State = defineComponent(() => {
  const status = useStatus();
  const permissions = usePermissions();
  const can = useCan();
  return () => [h("b", { id: "status" }, `${status.value} ${permissions.value ? "there" : "none"}`), can("invoice:delete") ? h("button", { id: "delete" }, "Delete") : undefined];
});

const Scoped = defineComponent({
  props: ["resource"],
  setup(props) {
    const mayEdit = useCan("invoice:edit", () => props.resource);
    return () => h("i", { id: "scoped" }, String(mayEdit.value));
  },
});

/** A menu entry and a page for a list, whose rows have grants of their own. */
const Menu = defineComponent(() => {
  const canSomewhere = useCanSomewhere();
  const mayView = useCanSomewhere("quote:view");
  return () => [
    canSomewhere("quote:view") ? h("a", { id: "menu" }, "Quotes") : undefined,
    mayView.value ? h("a", { id: "entry" }, "Quotes") : undefined,
    h(PermissionGate, { do: "quote:view", somewhere: true }, { default: () => h("p", { id: "list" }, "Quotes") }),
  ];
});

const Tagged = defineComponent({
  props: ["resource"],
  setup: (props) => () => [
    withDirectives(h("a", { id: "tagged" }, "tagged"), [[resolveDirective("can"), "invoice:edit"]]),
    withDirectives(h("input", { id: "disabled" }), [[resolveDirective("can"), ["invoice:edit", props.resource], "", { disable: true }]]),
  ],
});

const Guarded = defineComponent({
  props: ["resource"],
  setup: (props) => () =>
    h(PermissionGate, { do: "invoice:view", on: props.resource }, {
      default: () => h("form", { id: "page" }, h("input", { id: "note" })),
      denied: () => h("p", { id: "left" }, "left"),
      fallback: ({ status, retry }) => h("button", { id: "fallback", onClick: retry }, status),
    }),
});

/** Renders the application below a node. */
export function mount(target, { permissions, bind = false, resource }) {
  const given = shallowReactive({ resource });
  const app = createApp({ render: () => [h(State), h(Edit), h(Scoped, given), h(Guarded, given), h(Menu), h(Tagged, given)] });
  app.use(permgate, { permissions, bind });
  app.mount(target);
  return {
    set({ resource }) {
      given.resource = resource;
      return nextTick();
    },
    renders,
    unmount: () => app.unmount(),
  };
}
