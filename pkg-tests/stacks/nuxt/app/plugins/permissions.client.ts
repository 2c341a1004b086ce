/** The permissions as the server knew them, until the one instance is created, which happens after the page is hydrated. Data of a user end with that user. */

import { createPermissions, type Permissions } from "permgate";
import { bootstrapOf, type Dehydrated, permgate } from "permgate/vue";
import { followUser, guardRoutes } from "permgate/vue-router";
import { options } from "../utils/actions";

export default defineNuxtPlugin((nuxt) => {
  const dehydrated = nuxt.payload.permissions as Dehydrated;
  const permissions = new Promise<Permissions>((resolve) => {
    nuxt.hooks.hookOnce("app:suspense:resolve", () => resolve(createPermissions(options(bootstrapOf(dehydrated)))));
  });
  nuxt.vueApp.use(permgate, { permissions, dehydrated });
  const router = useRouter();
  nuxt.hooks.hookOnce("app:suspense:resolve", () => void guardRoutes(router, permissions, { to: "/" }));
  // When the user changes, the data that were fetched for the previous user are removed, and fetched again.
  followUser(permissions, () => nuxt.runWithContext(() => (clearNuxtData(), refreshNuxtData())), dehydrated);
});
