/** Vue Router with guarded routes. */

import { PermissionGate, permgate } from "permgate/vue";
import { createApp, createVNode, h, resolveDynamicComponent } from "vue";
import { RouterLink, RouterView, createRouter, createWebHistory } from "vue-router";

const text = (id) => ({ render: () => h("p", { id }, id) });
const Page = { render: () => h("form", { id: "page" }, h("input", { id: "note" })) };

/** Starts the application with an instance, and returns a function that navigates. */
export function start(target, permissions) {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/", component: text("home") },
      { path: "/sign-in", component: { render() { return h("p", { id: "sign-in" }, this.$route.query.from); } } },
      { path: "/failed", component: text("failed") },
      { path: "/page", component: Page, meta: { permission: "invoice:view" } },
      { path: "/invoices/:id", component: text("invoice"), meta: { permission: "invoice:edit", permissionResource: ({ params }) => `invoices/${params.id}` } },
      { path: "/quotes", component: text("quotes"), meta: { permission: "quote:view", permissionSomewhere: true } },
      { path: "/loaded", component: text("loaded"), meta: { permission: "invoice:view" } },
    ],
  });
  const gated = ({ Component, route }) =>
    h(PermissionGate, { route }, { default: () => createVNode(resolveDynamicComponent(Component)), fallback: ({ retry }) => h("button", { id: "fallback", onClick: retry }, "…") });
  const app = createApp({ render: () => [h(RouterLink, { id: "to-page", to: "/page" }, () => "page"), h(RouterView, null, { default: gated })] });
  app.use(permgate, { permissions, router, to: "/", signIn: ({ fullPath }) => ({ path: "/sign-in", query: { from: fullPath } }), failed: "/failed" });
  app.use(router);
  app.mount(target);
  return (path) => router.push(path);
}
