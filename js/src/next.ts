/** The provider for Next's app router: streamed pages carry the answers of each part, and a change of user empties the router's cache. */

import { useRouter, useServerInsertedHTML } from "next/navigation";
import { type ReactNode, createElement, useEffect, useRef } from "react";
import { PermissionsProvider as Provider, type PermissionsProviderProps, useSnapshot, useStatus, useUnsentDecisions } from "./react.js";
import { renderedFor, userOf } from "./users.js";

export type { PermissionsProviderProps } from "./react.js";

/**
 * Provides the permissions to all components below, like `PermissionsProvider` of `permgate/react`. When another user
 * is signed in, or nobody any more, it calls `router.refresh()`: Next keeps the pages that the server rendered for the
 * user before, and would show them on the way back and forward. After a sign-out it does so as soon as the page's
 * server answers a request for the page.
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
  const isOwed = useRef(false);
  useEffect(() => {
    if (user === undefined) return;
    if (user !== rendered.current) {
      isOwed.current = rendered.current !== undefined;
      rendered.current = user;
    }
    if (!isOwed.current || !router) return;
    const refresh = () => {
      isOwed.current = false;
      router.refresh();
    };
    // A sign-out may have had no answer. A user who is found has come with one.
    if (user === null && !isRefreshedAtOnce()) return onceAnswered(refresh);
    refresh();
  }, [user, router]);
  return null;
}

/**
 * In Next 15, a refresh that comes during a navigation, such as that of a guard which leaves its page, can keep React
 * from ending the navigation. There the router is asked in the same turn as by the guard, unless there is no network.
 */
function isRefreshedAtOnce(): boolean {
  const { next } = globalThis as { readonly next?: { readonly version?: string } };
  return Number.parseInt(next?.version ?? "", 10) < 16 && navigator.onLine;
}

/** The shortest and the longest time between two requests to a server that does not answer, in milliseconds. */
const [SHORTEST_MS, LONGEST_MS] = [1000, 30_000];

/**
 * Calls a function as soon as the page's server answers: without an answer, Next would leave the page for the browser's
 * error page, and with it everything that the page has to say. Returns a function that gives up.
 */
function onceAnswered(act: () => void): () => void {
  const end = new AbortController();
  const { signal } = end;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = SHORTEST_MS;
  const ask = async () => {
    // A redirect is an answer, too; its status is 0.
    const isAnswered = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store", signal }).then(({ status }) => status < 500, () => false);
    if (signal.aborted) return;
    if (isAnswered) {
      stop();
      act();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(ask, delay);
    delay = Math.min(2 * delay, LONGEST_MS);
  };
  const stop = () => {
    end.abort();
    clearTimeout(timer);
  };
  addEventListener("online", ask, { signal });
  void ask();
  return stop;
}

/** The router of the page; undefined where there is none, as in a test of components, where `useRouter` throws. */
function useRouterIfAny(): ReturnType<typeof useRouter> | undefined {
  try {
    return useRouter();
  } catch {
    return undefined;
  }
}
