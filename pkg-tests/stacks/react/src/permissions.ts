/** The application's one instance. */

import { createPermissions } from "permgate";
import { useSyncExternalStore } from "react";
import { options } from "./actions.js";

export const permissions = await createPermissions(options());
permissions.bind(document);

/** What is held, for components that render it. */
export function usePermissions() {
  return useSyncExternalStore(permissions.subscribe, permissions.snapshot);
}
