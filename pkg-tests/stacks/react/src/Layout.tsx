/** The header of all pages, and a page. */

import { Can, usePermissions, useStatus } from "permgate/react";
import { Link, Outlet } from "react-router";
import { signIn, signOut } from "./actions.js";

export function Layout() {
  const permissions = usePermissions();
  const status = useStatus();
  return (
    <>
      <header>
        <p>
          Permissions: <b data-testid="status">{status}</b>
        </p>
        <button data-testid="sign-in" onClick={() => permissions && signIn(permissions)}>
          Sign in
        </button>
        <button data-testid="sign-out" onClick={() => permissions && signOut(permissions)}>
          Sign out
        </button>
        <nav>
          <Link to="/" data-testid="nav-home">
            Home
          </Link>
          <Can do="invoice:view">
            <Link to="/invoices" data-testid="nav-invoices" data-gated>
              Invoices
            </Link>
          </Can>
        </nav>
      </header>
      <main>
        <Outlet />
      </main>
    </>
  );
}

export function Page({ testId, text }: { testId: string; text: string }) {
  return (
    <section data-testid={testId} data-gated>
      {text}
    </section>
  );
}
