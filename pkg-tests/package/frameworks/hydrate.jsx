/** A desk that a server rendered, hydrated by React when the page says so. */

import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { hydrateRoot } from "react-dom/client";
import { Desk } from "./react-desk.jsx";

/** Returns `set`, and in `told` the warnings of React about hydration. */
export function hydrate(target, properties, { isStrict = false, isSuppressed = false } = {}) {
  const told = [];
  const element = (properties) => {
    const desk = <Desk {...properties} isSuppressed={isSuppressed} />;
    return isStrict ? <StrictMode>{desk}</StrictMode> : desk;
  };
  const root = hydrateRoot(target, element(properties), { onRecoverableError: (error) => told.push(error.message) });
  const set = (properties) => flushSync(() => root.render(element(properties)));
  return { root: target, told, set, unmount: () => root.unmount() };
}
