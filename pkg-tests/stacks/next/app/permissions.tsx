/** The permissions of a page: as the server knew them, until the one instance is created. */

"use client";

import { createPermissions } from "permgate";
import { PermissionsProvider } from "permgate/next";
import type { Dehydrated } from "permgate/react";
import type { ReactNode } from "react";
import { options } from "./actions";

export function Permissions({ dehydrated, children }: { dehydrated: Dehydrated; children: ReactNode }) {
  return (
    <PermissionsProvider permissions={(bootstrap) => createPermissions(options(bootstrap))} dehydrated={dehydrated} bind>
      {children}
    </PermissionsProvider>
  );
}
