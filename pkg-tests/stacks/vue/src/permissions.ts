/** The application's one instance, in an object that Vue makes reactive. */

import { createPermissions } from "permgate";
import { reactive } from "vue";
import { options } from "./actions.js";

const permissions = await createPermissions(options());
permissions.bind(document);

/** What components use: the instance, and what it holds at the moment. */
export const store = reactive({ permissions, held: permissions.snapshot() });
permissions.subscribe(() => {
  store.held = permissions.snapshot();
});
