/** A React component whose parts are in several places of the page. */

import { createRoot } from "react-dom/client";
import { createPortal, flushSync } from "react-dom";

function Part({ title, requirement }) {
  return <button className="portal" title={title} data-permission={requirement}>{title}</button>;
}

function Parts({ requirement, places }) {
  return (
    <>
      <Part title="own" requirement={requirement} />
      {Object.entries(places).map(([title, place]) => createPortal(<Part title={title} requirement={requirement} />, place, title))}
    </>
  );
}

export function mount(target, properties) {
  const root = createRoot(target);
  const set = (properties) => flushSync(() => root.render(<Parts {...properties} />));
  set(properties);
  return { set, unmount: () => flushSync(() => root.unmount()) };
}
