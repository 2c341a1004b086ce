/** The home page: three buttons, rows on resources, an action. */

import { useState } from "react";
import { createInvoice } from "./actions.js";
import { permissions } from "./permissions.ts";

export function Home() {
  const [rows, setRows] = useState([1, 2, 3]);
  const [result, setResult] = useState("");
  return (
    <section data-testid="page-home">
      <button data-testid="create" data-permission="invoice:create">
        Create
      </button>
      <button data-testid="remove" data-permission="invoice:delete">
        Remove
      </button>
      <button data-testid="payroll" data-permission="payroll:view">
        Payroll
      </button>
      <table>
        <tbody>
          {rows.map((number) => (
            <tr key={number} data-permission-resource={`quotes/${number}`}>
              <td>Quote {number}</td>
              <td>
                <button data-testid={`edit-${number}`} data-permission="quote:edit">
                  Edit
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button data-testid="add-row" onClick={() => setRows((rows) => [...rows, rows.length + 1])}>
        Add a row
      </button>
      <button data-testid="save" onClick={async () => setResult(await createInvoice(permissions))}>
        Save
      </button>
      <output data-testid="result">{result}</output>
    </section>
  );
}
