/** Signing in and out, and how the permissions stand. */

"use client";

import { signIn, signOut } from "./actions";
import { usePermissions } from "./permissions";

export function Session() {
  const { permissions, held } = usePermissions();
  return (
    <>
      <p>
        Permissions: <b data-testid="status">{held?.status}</b>
      </p>
      <button data-testid="sign-in" onClick={() => permissions && signIn(permissions)}>
        Sign in
      </button>
      <button data-testid="sign-out" onClick={() => permissions && signOut(permissions)}>
        Sign out
      </button>
    </>
  );
}
