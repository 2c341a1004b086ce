/** The one instance of a page, made in the browser when the page is there. */

"use client";

import { createPermissions } from "permgate";
import { PermissionsProvider } from "permgate/react";
import type { ReactNode } from "react";
import { options } from "./actions";

export function Permissions({ children }: { children: ReactNode }) {
  return (
    <PermissionsProvider permissions={() => createPermissions(options())} bind>
      {children}
    </PermissionsProvider>
  );
}
