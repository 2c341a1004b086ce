/** The provider for Next's app router: streamed pages carry the answers of each part, and a change of user empties the router's cache. */

import { useRouter, useServerInsertedHTML } from "next/navigation";
import { type ReactNode, createElement, useEffect, useRef } from "react";
import { PermissionsProvider as Provider, type PermissionsProviderProps, useSnapshot, useStatus, useUnsentDecisions } from "./react.js";
import { renderedFor, userOf } from "./users.js";

export type { PermissionsProviderProps } from "./react.js";

/**
 * Provides the permissions to all components below, like `PermissionsProvider` of `permgate/react`. When another user
 * is signed in, or nobody any more, it calls `router.refresh()`: Next keeps the pages that the server rendered for the
 * user before, and would show them on the way back and forward.
 */
export function PermissionsProvider({ children, ...properties }: PermissionsProviderProps): ReactNode {
  const { dehydrated } = properties;
  return createElement(Provider, properties, createElement(Decisions), createElement(Users, { dehydrated }), children);
}

function Decisions(): null {
  const unsent = useUnsentDecisions();
  useServerInsertedHTML(() => {
    const __html = unsent();
    return __html ? createElement("script", { type: "application/json", "data-permgate": "", dangerouslySetInnerHTML: { __html } }) : null;
  });
  return null;
}

/** Has everything rendered again by the server when the user has changed, in this tab or another. */
function Users({ dehydrated }: Pick<PermissionsProviderProps, "dehydrated">): null {
  const router = useRouterIfAny();
  const user = userOf(useStatus(), useSnapshot());
  const rendered = useRef(renderedFor(dehydrated));
  useEffect(() => {
    if (user === undefined || user === rendered.current) return;
    const isFirst = rendered.current === undefined;
    rendered.current = user;
    if (!isFirst) router?.refresh();
  }, [user, router]);
  return null;
}

/** The router of the page; undefined where there is none, as in a test of components, where `useRouter` throws. */
function useRouterIfAny(): ReturnType<typeof useRouter> | undefined {
  try {
    return useRouter();
  } catch {
    return undefined;
  }
}
