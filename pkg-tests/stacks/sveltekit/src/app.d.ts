/** What the application's server keeps of each request. */

import type { PermissionLocals } from "permgate/sveltekit";

declare global {
  namespace App {
    interface Locals extends PermissionLocals {}
  }
}
