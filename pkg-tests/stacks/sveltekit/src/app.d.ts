/** The data that the application's server keeps for each request. */

import type { PermissionLocals } from "permgate/sveltekit";

declare global {
  namespace App {
    interface Locals extends PermissionLocals {}
  }
}
