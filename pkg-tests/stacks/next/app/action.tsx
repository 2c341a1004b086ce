/** An action that asks for its permission first. */

"use client";

import { usePermissions } from "permgate/react";
import { useState } from "react";
import { createInvoice } from "./actions";

export function Action() {
  const permissions = usePermissions();
  const [result, setResult] = useState("");
  return (
    <>
      <button data-testid="save" disabled={!permissions} onClick={async () => permissions && setResult(await createInvoice(permissions))}>
        Save
      </button>
      <output data-testid="result">{result}</output>
    </>
  );
}
