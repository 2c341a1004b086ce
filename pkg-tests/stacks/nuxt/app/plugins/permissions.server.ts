/** The permissions of the request's user, and their dehydrated form in the page. */

import { evaluate } from "permgate/server";
import { permgate } from "permgate/vue";
import { guardRoutes } from "permgate/vue-router";
import { documentOf } from "../../server/rights.js";

export default defineNuxtPlugin(async (nuxt) => {
  const permissions = evaluate(await documentOf(useRequestHeaders(["cookie"]).cookie ?? ""));
  nuxt.vueApp.use(permgate, { dehydrated: permissions.dehydrate() });
  guardRoutes(useRouter(), permissions, { to: "/" });
  useResponseHeader("cache-control").value = "private, no-store";
  // After the whole page is rendered, when all questions have been asked.
  nuxt.hook("app:rendered", () => void (nuxt.payload.permissions = permissions.dehydrate()));
});
