/** Rows on resources, to which the page adds more. */

"use client";

import { useState } from "react";

export function Rows({ first }: { first: number[] }) {
  const [rows, setRows] = useState(first);
  return (
    <>
      <table>
        <tbody>
          {rows.map((number) => (
            <tr key={number} data-permission-resource={`quotes/${number}`}>
              <td>Quote {number}</td>
              <td>
                <button data-testid={`edit-${number}`} data-permission="quote:edit" suppressHydrationWarning>
                  Edit
                </button>
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
