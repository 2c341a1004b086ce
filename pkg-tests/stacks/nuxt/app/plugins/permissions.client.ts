/** The one instance of a page, made in the browser and bound once the page is hydrated. */

import { createPermissions } from "permgate";
import { options } from "../utils/actions";

export default defineNuxtPlugin(async (nuxt) => {
  const permissions = await createPermissions(options());
  const held = shallowRef(permissions.snapshot());
  permissions.subscribe(() => {
    held.value = permissions.snapshot();
  });
  nuxt.hook("app:suspense:resolve", () => void permissions.bind(document));
  return { provide: { permissions, held } };
});
