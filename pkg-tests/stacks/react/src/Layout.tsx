/** The header of all pages, and a page that is left when its permission goes. */

import { Link, Navigate, Outlet } from "react-router";
import { mustLeave, signIn, signOut } from "./actions.js";
import { permissions, usePermissions } from "./permissions.ts";

export function Layout() {
  const { status } = usePermissions();
  return (
    <>
      <header>
        <p>
          Permissions: <b data-testid="status">{status}</b>
        </p>
        <button data-testid="sign-in" onClick={() => signIn(permissions)}>
          Sign in
        </button>
        <button data-testid="sign-out" onClick={() => signOut(permissions)}>
          Sign out
        </button>
        <nav>
          <Link to="/" data-testid="nav-home">
            Home
          </Link>
          <Link to="/invoices" data-testid="nav-invoices" data-permission="invoice:view">
            Invoices
          </Link>
        </nav>
      </header>
      <main>
        <Outlet />
      </main>
    </>
  );
}

interface GatedProps {
  requirement: string;
  testId: string;
  text: string;
}

export function Gated({ requirement, testId, text }: GatedProps) {
  usePermissions();
  if (mustLeave(permissions, requirement)) return <Navigate to="/" replace />;
  return (
    <section data-testid={testId} data-permission={requirement}>
      {text}
    </section>
  );
}
