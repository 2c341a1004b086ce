/** Vue's application: rendered by a server, and hydrated in the browser. */

import { PermissionGate, permgate, useCan, useStatus, useSubject, vCan } from "permgate/vue";
import { createSSRApp, h, withDirectives } from "vue";

const App = {
  setup() {
    const can = useCan();
    const status = useStatus();
    const user = useSubject();
    return () => [
      h("p", { id: "status", title: user.value }, status.value),
      can("invoice:create") ? h("button", { id: "create", "data-gated": "" }, "Create") : h("i", { id: "may-not" }),
      withDirectives(h("button", { id: "payroll" }, "Payroll"), [[vCan, "payroll:view"]]),
      h(PermissionGate, { do: "invoice:view" }, { default: () => h("button", { id: "page", "data-gated": "" }, "Page"), fallback: () => h("i", { id: "waits" }) }),
      [1, 2].map((number) => withDirectives(h("button", { id: `edit-${number}` }, "Edit"), [[vCan, ["quote:edit", `quotes/${number}`]]])),
    ];
  },
};

export function application(options) {
  return createSSRApp(App).use(permgate, options);
}
