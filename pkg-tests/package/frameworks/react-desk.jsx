/** The desk as a React component. */

import { useEffect, useState } from "react";

function Row({ id, requirement, resource, hydration }) {
  return (
    <tr data-row={id} data-permission-resource={resource}>
      <td>{id}</td>
      <td>
        <button className="edit" data-permission={requirement} {...hydration}>Edit</button>
        <button className="delete" data-permission="invoice:delete" data-permission-mode="disable" {...hydration}>Delete</button>
      </td>
    </tr>
  );
}

/** With `isSuppressed`, React expects further attributes on tagged elements when it hydrates them. */
export function Desk({ rows, panel, panelMode, isBusy, isLocked, title, reason, isSuppressed = false }) {
  // An effect that renders once more; in strict mode, it runs twice.
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    setThere(true);
    return () => setThere(false);
  }, []);
  const hydration = isSuppressed ? { suppressHydrationWarning: true } : {};
  const pay = { "data-permission": "invoice:pay", "data-permission-mode": "disable", ...hydration };
  const isPanelThere = panel !== null;
  return (
    <section data-there={isThere}>
      <table>
        <tbody>{rows.map((row) => <Row key={row.id} hydration={hydration} {...row} />)}</tbody>
      </table>
      {isPanelThere && <aside className="panel" data-permission={panel} data-permission-mode={panelMode} {...hydration}>Panel</aside>}
      <button className="save" data-permission-reason={reason} disabled={isBusy} title={title} {...pay}>{isBusy ? "Saving" : "Save"}</button>
      <a className="link" href="#link" aria-disabled={isBusy ? "true" : undefined} {...pay}>Link</a>
      <input className="note" data-permission="invoice:note" data-permission-mode="readonly" readOnly={isLocked} {...hydration} />
    </section>
  );
}
