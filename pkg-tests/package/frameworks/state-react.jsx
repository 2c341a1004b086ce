/** A form whose values and states React renders itself; `mount` renders it below a node. */

import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";

function State({ isBusy, isLocked, text, choice, isTicked, changed }) {
  return (
    <form>
      <button className="save" type="button" data-permission="invoice:pay" data-permission-mode="disable" disabled={isBusy} onClick={() => changed("clicks", 1)}>Save</button>
      <input className="own" data-permission="invoice:note" data-permission-mode="readonly" readOnly={isLocked} value={text} onChange={({ target }) => changed("text", target.value)} />
      <fieldset className="region" data-permission="invoice:edit" data-permission-mode="readonly">
        <input className="text" value={text} onChange={({ target }) => changed("text", target.value)} />
        <select className="choice" value={choice} onChange={({ target }) => changed("choice", target.value)}>
          <option value="x">x</option><option value="y">y</option><option value="z">z</option>
        </select>
        <input className="tick" type="checkbox" checked={isTicked} onChange={({ target }) => changed("isTicked", target.checked)} />
      </fieldset>
    </form>
  );
}

export function mount(target, properties) {
  const root = createRoot(target);
  const set = (properties) => flushSync(() => root.render(<State {...properties} />));
  set(properties);
  return { set, unmount: () => root.unmount() };
}
