/** Guards for TanStack Router: `beforeLoad` of a route, and following changes while a route is open. */

import { redirect } from "@tanstack/react-router";
import { type AnyPermissions, type Answering, verdictOf, verdictWhenKnown } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import type { RegisteredName } from "./register.js";

/** Where a route that is not granted leads, and what it is about. */
export interface RouteGuardOptions {
  /** Where a route leads that is denied. */
  readonly to: string;
  /** Where it leads when nobody is signed in, with the address in `search.redirect`; `to` unless given. */
  readonly signIn?: string;
  /** The resource, from the parameters of the route. */
  // Any type: the route knows its parameters, and this function does not.
  readonly on?: (params: any) => string;
}

/** The part of the context of `beforeLoad` that is used here. */
interface Entering {
  readonly params: unknown;
  readonly cause: "preload" | "enter" | "stay";
  readonly location: { readonly href: string };
}

/**
 * For `beforeLoad`: waits until the answer is known, and redirects where it is not granted. Where
 * loading fails on the way in, it throws an error for the route's `errorComponent`.
 */
export function permissionGuard<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  { to, signIn, on }: RouteGuardOptions,
): (entering: Entering) => Promise<void> {
  return async ({ params, cause, location }) => {
    const resource = on?.(params);
    // A page that is open stays while its answer is unknown: forms survive that.
    const verdict = cause === "stay" ? verdictOf(await permissions, requirement, resource) : await verdictWhenKnown(permissions, requirement, resource);
    if (verdict === "denied" || (verdict === "unauthenticated" && signIn === undefined)) throw redirect({ to, replace: true } as never);
    if (verdict === "unauthenticated") throw redirect({ to: signIn, search: { redirect: location.href }, replace: true } as never);
    if (verdict === "failed" && cause !== "stay") throw Object.assign(new Error("permgate: the permissions could not be loaded"), { code: "failed" });
  };
}

/** Has the guards of open routes run again whenever permissions change. Gives back how to stop that. */
export function followPermissions(router: { invalidate(): Promise<unknown> }, permissions: AnyPermissions): () => void {
  return permissions.subscribe(() => void router.invalidate());
}
