/** The routes, and the guard that asks for their permission: on the way in, and whenever rights change. */

import { createRouter, createWebHistory } from "vue-router";
import { mustLeave } from "../actions.js";
import { store } from "../permissions";
import GatedView from "../views/GatedView.vue";
import HomeView from "../views/HomeView.vue";

const gated = (requirement: string, testId: string) => ({
  component: GatedView,
  props: { requirement, testId },
  meta: { requirement },
});

const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes: [
    { path: "/", component: HomeView },
    { path: "/invoices", ...gated("invoice:view", "page-invoices") },
    { path: "/payroll", ...gated("payroll:view", "page-payroll") },
  ],
});

const isForbidden = (requirement: unknown) => typeof requirement === "string" && mustLeave(store.permissions, requirement);

router.beforeEach(async (to) => {
  await store.permissions.whenReady();
  return isForbidden(to.meta.requirement) ? "/" : true;
});
store.permissions.subscribe(() => {
  if (isForbidden(router.currentRoute.value.meta.requirement)) void router.replace("/");
});

export default router;
