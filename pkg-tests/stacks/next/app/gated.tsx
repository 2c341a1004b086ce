/** A page that needs a permission, and is left when the permission is revoked. */

"use client";

import { useRouter } from "next/navigation";
import { PermissionGuard } from "permgate/react";
import { useEffect } from "react";

function Home() {
  const router = useRouter();
  useEffect(() => router.replace("/"), [router]);
  return null;
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
