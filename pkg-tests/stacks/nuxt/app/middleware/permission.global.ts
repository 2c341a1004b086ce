/** Asks for a page's permission on the way in. A page that the server rendered is hydrated first, and left then. */

import { mustLeave } from "../utils/actions";

export default defineNuxtRouteMiddleware(async (to) => {
  const nuxt = useNuxtApp();
  if (import.meta.server || nuxt.isHydrating || typeof to.meta.requirement !== "string") return undefined;
  await nuxt.$permissions.whenReady();
  return mustLeave(nuxt.$permissions, to.meta.requirement) ? navigateTo("/", { replace: true }) : undefined;
});
