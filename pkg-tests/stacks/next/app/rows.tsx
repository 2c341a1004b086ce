/** Rows on resources, to which the page adds more. */

"use client";

import { Can } from "permgate/react";
import { useState } from "react";

export function Rows({ first }: { first: number[] }) {
  const [rows, setRows] = useState(first);
  return (
    <>
      <table>
        <tbody>
          {rows.map((number) => (
            <tr key={number}>
              <td>Quote {number}</td>
              <td>
                <Can do="quote:edit" on={`quotes/${number}`}>
                  <button data-testid={`edit-${number}`} data-gated>
                    Edit
                  </button>
                </Can>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button data-testid="add-row" onClick={() => setRows([...rows, rows.length + 1])}>
        Add a row
      </button>
    </>
  );
}
