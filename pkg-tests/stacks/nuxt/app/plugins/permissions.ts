/** The one instance of a page, made in the browser once the page is hydrated; the server grants nothing. */

import { createPermissions, type Permissions } from "permgate";
import { permgate } from "permgate/vue";
import { guardRoutes } from "permgate/vue-router";
import { options } from "../utils/actions";

export default defineNuxtPlugin((nuxt) => {
  const permissions = new Promise<Permissions>((resolve) => {
    if (import.meta.client) nuxt.hooks.hookOnce("app:suspense:resolve", () => resolve(createPermissions(options())));
  });
  nuxt.vueApp.use(permgate, { permissions });
  const router = useRouter();
  if (import.meta.client) nuxt.hooks.hookOnce("app:suspense:resolve", () => void guardRoutes(router, permissions, { to: "/" }));
});
