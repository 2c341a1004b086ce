/** A page that needs a permission, and is left when that goes. */

"use client";

import { redirect } from "next/navigation";
import { PermissionGuard } from "permgate/react";

function Home(): never {
  redirect("/");
}

export function Gated({ requirement, testId }: { requirement: string; testId: string }) {
  return (
    <PermissionGuard do={requirement} denied={<Home />}>
      <section data-testid={testId} data-gated>
        A gated page
      </section>
    </PermissionGuard>
  );
}
