/** The header of all pages, rendered on the server, around the provider of the permissions. */

import type { Metadata } from "next";
import "permgate/cloak.css";
import Link from "next/link";
import { Can } from "permgate/react";
import { Permissions } from "./permissions";
import { Session } from "./session";

export const metadata: Metadata = { title: "next" };

export default function RootLayout({ children }: LayoutProps<"/">) {
  return (
    <html lang="en">
      <body>
        <Permissions>
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
        </Permissions>
      </body>
    </html>
  );
}
