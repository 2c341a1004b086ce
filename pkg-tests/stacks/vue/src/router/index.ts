/** The routes, and the permissions that they need. */

import "permgate/vue-router";
import { createRouter, createWebHistory } from "vue-router";
import GatedView from "../views/GatedView.vue";
import HomeView from "../views/HomeView.vue";

export default createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: "/", component: HomeView },
    { path: "/invoices", component: GatedView, props: { testId: "page-invoices" }, meta: { permission: "invoice:view" } },
    { path: "/payroll", component: GatedView, props: { testId: "page-payroll" }, meta: { permission: "payroll:view" } },
  ],
});
