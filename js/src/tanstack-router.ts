/** Guards for TanStack Router: `beforeLoad` of a route, and a function that follows changes while a route is open. */

import { redirect } from "@tanstack/react-router";
import { type AnyPermissions, type Answering, type Where, verdictOf, verdictWhenKnown } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import type { RegisteredName } from "./register.js";
import { followUserOf } from "./users.js";

/** The redirects of a route that is not granted, and its resource. */
export interface RouteGuardOptions {
  /** The target when the route is denied. */
  readonly to: string;
  /** The target when nobody is signed in, with the address in `search.redirect`; by default `to`. */
  readonly signIn?: string;
  /** The resource, from the parameters of the route. */
  // Any type: the route knows its parameters, and this function does not.
  readonly on?: (params: any) => string;
  /** Asks whether the permission is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean;
}

/** The part of the context of `beforeLoad` that is used here. */
interface Entering {
  readonly params: unknown;
  readonly cause: "preload" | "enter" | "stay";
  readonly location: { readonly href: string };
}

/**
 * For `beforeLoad`: waits until the answer is known, and redirects if it is not granted. If loading fails on the way
 * in, it throws an error for the route's `errorComponent`.
 */
export function permissionGuard<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  { to, signIn, on, somewhere }: RouteGuardOptions,
): (entering: Entering) => Promise<void> {
  /** The resource of the page that was entered last. */
  let entered: Where | null = null;
  return async ({ params, cause, location }) => {
    const where = somewhere ? true : on?.(params);
    // An open page stays while its answer is unknown, so that forms survive; the router says `stay` also of other parameters.
    const isOpen = cause === "stay" && where === entered;
    const verdict = isOpen ? verdictOf(await permissions, requirement, where) : await verdictWhenKnown(permissions, requirement, where);
    if (verdict === "granted" && cause !== "preload") entered = where;
    if (verdict === "unauthenticated" && signIn !== undefined) throw redirect({ to: signIn, search: { redirect: location.href }, replace: true } as never);
    if (verdict === "denied" || verdict === "unauthenticated") throw redirect({ to, replace: true } as never);
    if (verdict === "failed" && !isOpen) throw Object.assign(new Error("permgate: the permissions could not be loaded"), { code: verdict });
  };
}

/** The part of TanStack Router's router that is used here. */
interface Followed {
  invalidate(options?: { readonly forcePending?: boolean }): Promise<unknown>;
  clearCache(): void;
}

/**
 * Runs the guards and loaders of open routes again whenever permissions change. When another user is signed in, or
 * nobody any more, nothing that was loaded for the user before is shown meanwhile, or on the way back. Returns a
 * function that stops that.
 */
export function followPermissions(router: Followed, permissions: AnyPermissions): () => void {
  const stopUser = followUserOf(permissions, () => {
    router.clearCache();
    void router.invalidate({ forcePending: true });
  });
  const stopChange = permissions.subscribe(() => void router.invalidate());
  return () => (stopUser(), stopChange());
}
