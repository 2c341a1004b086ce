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
  // Runs after the whole page is rendered, so that the payload has the answers to all of its questions.
  nuxt.hook("app:rendered", () => void (nuxt.payload.permissions = permissions.dehydrate()));
});
