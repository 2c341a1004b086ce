/** A React application that reads an instance only with React's own hook, and has an element in the mode `remove`. */

import { StrictMode, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

/** Renders below `target`; returns a function that renders a node before the refused element. */
export function mount(target, permissions) {
  let setMore;
  const more = { value: false, listeners: new Set() };
  setMore = () => flushSync(() => {
    more.value = true;
    for (const listener of more.listeners) listener();
  });
  const listen = (listener) => (more.listeners.add(listener), () => more.listeners.delete(listener));
  function Desk() {
    const { status } = useSyncExternalStore(permissions.subscribe, permissions.snapshot);
    const isMore = useSyncExternalStore(listen, () => more.value);
    return (
      <main>
        <output>{`${status} ${permissions.can("invoice:edit")}`}</output>
        {isMore && <p id="more">More</p>}
        <p id="removed" data-permission="invoice:delete" data-permission-mode="remove">Delete</p>
      </main>
    );
  }
  flushSync(() => createRoot(target).render(<StrictMode><Desk /></StrictMode>));
  return setMore;
}
