/** The home page: three buttons, and rows on resources that the server streams. */

import { connection } from "next/server";
import { Can } from "permgate/react";
import { Suspense } from "react";
import { Action } from "./action";
import { Rows } from "./rows";

async function ServerRows() {
  await connection();
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
      <button data-testid="remove" data-permission="invoice:delete" suppressHydrationWarning>
        Remove
      </button>
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
