/** The application's one instance, which is made in the browser, and what it holds as state. */

import { createPermissions, type Permissions, type Snapshot } from "permgate";
import { options } from "./actions.js";

class Store {
  permissions = $state.raw<Permissions>();
  held = $state.raw<Snapshot>();

  /** Gives how to end it. */
  start(): () => void {
    const made = createPermissions(options()).then((permissions) => {
      permissions.bind(document);
      permissions.subscribe(() => (this.held = permissions.snapshot()));
      this.held = permissions.snapshot();
      this.permissions = permissions;
      return permissions;
    });
    return () => void made.then((permissions) => permissions.dispose());
  }
}

export const store = new Store();
