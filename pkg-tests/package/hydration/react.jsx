/** React's application: rendered and streamed by a server, and hydrated in the browser. */

import { Can, PermissionGuard, PermissionsProvider, useCan, useStatus, useSubject } from "permgate/react";
import { Suspense, lazy } from "react";

function Row({ number }) {
  return useCan("quote:edit", `quotes/${number}`) && <button id={`edit-${number}`} data-gated>Edit</button>;
}

function Rows() {
  return [1, 2].map((number) => <Row key={number} number={number} />);
}

/** `late` resolves when the part of the page below may be rendered. */
export function application(properties, late) {
  const Late = lazy(async () => (await late, { default: Rows }));
  return (
    <PermissionsProvider bind {...properties}>
      <main>
        <Status />
        <Can do="invoice:create" fallback={<i id="may-not" />}>
          <button id="create" data-gated>Create</button>
        </Can>
        <Can do="payroll:view">
          <button id="payroll" data-gated>Payroll</button>
        </Can>
        <PermissionGuard do="invoice:view" fallback={<i id="waits" />}>
          <button id="page" data-gated>Page</button>
        </PermissionGuard>
        <Suspense fallback={<i id="late" />}>
          <Late />
        </Suspense>
      </main>
    </PermissionsProvider>
  );
}

function Status() {
  return <p id="status" title={useSubject()}>{useStatus()}</p>;
}
