/** Signing in and out, and the status of the permissions. */

"use client";

import { usePermissions, useStatus } from "permgate/react";
import { signIn, signOut } from "./actions";

export function Session() {
  const permissions = usePermissions();
  const status = useStatus();
  return (
    <>
      <p>
        Permissions: <b data-testid="status">{status}</b>
      </p>
      <button data-testid="sign-in" disabled={!permissions} onClick={() => permissions && signIn(permissions)}>
        Sign in
      </button>
      <button data-testid="sign-out" disabled={!permissions} onClick={() => permissions && signOut(permissions)}>
        Sign out
      </button>
    </>
  );
}
