/** The provider for Next's app router: streamed pages carry the answers of each part. */

import { useServerInsertedHTML } from "next/navigation";
import { type ReactNode, createElement } from "react";
import { PermissionsProvider as Provider, type PermissionsProviderProps, useUnsentDecisions } from "./react.js";

export type { PermissionsProviderProps } from "./react.js";

/** Provides the permissions to all components below, like `PermissionsProvider` of `permgate/react`. */
export function PermissionsProvider({ children, ...properties }: PermissionsProviderProps): ReactNode {
  return createElement(Provider, properties, createElement(Decisions), children);
}

function Decisions(): null {
  const unsent = useUnsentDecisions();
  useServerInsertedHTML(() => {
    const __html = unsent();
    return __html ? createElement("script", { type: "application/json", "data-permgate": "", dangerouslySetInnerHTML: { __html } }) : null;
  });
  return null;
}
