/** The header of all pages, rendered on the server, with the permissions of the request's user. */

import type { Metadata } from "next";
import { headers } from "next/headers";
import "permgate/cloak.css";
import Link from "next/link";
import { connection } from "next/server";
import { Can } from "permgate/react";
import { evaluate } from "permgate/server";
import { type ReactNode, Suspense } from "react";
import { preload } from "react-dom";
import { Permissions } from "./permissions";
import { documentOf } from "./rights";
import { Session } from "./session";

export const metadata: Metadata = { title: "next" };

/** Every page is rendered for one user: no part is shared by all users. */
export const instant = false;

async function RequestPermissions({ children }: { children: ReactNode }) {
  await connection(); // `evaluate` reads the clock, which Next does not allow while it prerenders a page
  const cookie = (await headers()).get("cookie") ?? "";
  const permissions = evaluate(await documentOf(cookie));
  return <Permissions dehydrated={permissions.dehydrate()}>{children}</Permissions>;
}

export default function RootLayout({ children }: LayoutProps<"/">) {
  preload(new URL("permgate/permgate.wasm", import.meta.url).pathname, { as: "fetch", type: "application/wasm" });
  return (
    <html lang="en">
      <body>
        <Suspense>
          <RequestPermissions>
            <header>
              <Session />
              <nav>
                <Link href="/" data-testid="nav-home">
                  Home
                </Link>
                <Can do="invoice:view">
                  <Link href="/invoices" data-testid="nav-invoices" data-gated>
                    Invoices
                  </Link>
                </Can>
              </nav>
            </header>
            <main>{children}</main>
          </RequestPermissions>
        </Suspense>
      </body>
    </html>
  );
}
