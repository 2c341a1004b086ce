/** The header of all pages, rendered on the server, around the provider of the permissions. */

import type { Metadata } from "next";
import "permgate/cloak.css";
import Link from "next/link";
import { PermissionsProvider } from "./permissions";
import { Session } from "./session";

export const metadata: Metadata = { title: "next" };

export default function RootLayout({ children }: LayoutProps<"/">) {
  return (
    <html lang="en">
      <body>
        <PermissionsProvider>
          <header>
            <Session />
            <nav>
              <Link href="/" data-testid="nav-home">
                Home
              </Link>
              <Link href="/invoices" data-testid="nav-invoices" data-permission="invoice:view" suppressHydrationWarning>
                Invoices
              </Link>
            </nav>
          </header>
          <main>{children}</main>
        </PermissionsProvider>
      </body>
    </html>
  );
}
