/** The home page: three buttons, rows on resources, an action. */

import { Can, useCan, usePermissions } from "permgate/react";
import { useState } from "react";
import { createInvoice } from "./actions.js";

function QuoteRow({ number }: { number: number }) {
  const mayEdit = useCan("quote:edit", `quotes/${number}`);
  return (
    <tr>
      <td>Quote {number}</td>
      <td>
        {mayEdit && (
          <button data-testid={`edit-${number}`} data-gated>
            Edit
          </button>
        )}
      </td>
    </tr>
  );
}

export function Home() {
  const permissions = usePermissions();
  const [rows, setRows] = useState([1, 2, 3]);
  const [result, setResult] = useState("");
  return (
    <section data-testid="page-home">
      <Can do="invoice:create">
        <button data-testid="create" data-gated>
          Create
        </button>
      </Can>
      <button data-testid="remove" data-permission="invoice:delete">
        Remove
      </button>
      <Can do="payroll:view">
        <button data-testid="payroll" data-gated>
          Payroll
        </button>
      </Can>
      <table>
        <tbody>
          {rows.map((number) => (
            <QuoteRow key={number} number={number} />
          ))}
        </tbody>
      </table>
      <button data-testid="add-row" onClick={() => setRows((rows) => [...rows, rows.length + 1])}>
        Add a row
      </button>
      <button data-testid="save" onClick={async () => permissions && setResult(await createInvoice(permissions))}>
        Save
      </button>
      <output data-testid="result">{result}</output>
    </section>
  );
}
