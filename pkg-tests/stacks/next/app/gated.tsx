/** A page that needs a permission, and is left when that goes. */

"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { mustLeave } from "./actions";
import { usePermissions } from "./permissions";

export function Gated({ requirement, testId }: { requirement: string; testId: string }) {
  const { permissions, held } = usePermissions();
  const router = useRouter();
  useEffect(() => {
    if (permissions && held && mustLeave(permissions, requirement)) router.replace("/");
  }, [permissions, held, requirement, router]);
  return (
    <section data-testid={testId} data-permission={requirement} suppressHydrationWarning>
      A gated page
    </section>
  );
}
