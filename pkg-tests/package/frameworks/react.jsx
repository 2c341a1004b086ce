/** The desk in React: `mount` renders it below a node, with or without strict mode. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { Desk } from "./react-desk.jsx";

export function mount(target, properties, { isStrict = false } = {}) {
  const root = createRoot(target);
  const set = (properties) => {
    const desk = <Desk {...properties} />;
    flushSync(() => root.render(isStrict ? <StrictMode>{desk}</StrictMode> : desk));
  };
  set(properties);
  return { root: target, set, unmount: () => root.unmount() };
}
