/** The home page: three buttons, and rows on resources that the server streams. */

import { connection } from "next/server";
import { Can } from "permgate/react";
import { Suspense } from "react";
import { Action } from "./action";
import { Rows } from "./rows";

async function ServerRows() {
  await connection();
  // Streamed after the rest of the page, like rows from a slow data source.
  await fetch(`${process.env.PERMGATE_API}/healthz`);
  return <Rows first={[1, 2, 3]} />;
}

export default function Home() {
  return (
    <section data-testid="page-home">
      <Can do="invoice:create">
        <button data-testid="create" data-gated>
          Create
        </button>
      </Can>
      <Can do="invoice:delete">
        <button data-testid="remove" data-gated>
          Remove
        </button>
      </Can>
      <button data-testid="payroll" data-permission="payroll:view" suppressHydrationWarning>
        Payroll
      </button>
      <Suspense>
        <ServerRows />
      </Suspense>
      <Action />
    </section>
  );
}
