/** Guards for React Router 7 and 8: a component for routes, and a middleware. */

import { type ReactNode, createElement, useEffect, useRef } from "react";
import { Navigate, Outlet, redirect, useLocation, useNavigate, useParams, useRevalidator } from "react-router";
import { type Answering, verdictWhenKnown } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import { PermissionGuard, type PermissionGuardProps, usePermissions } from "./react.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";

/** The parameters of a route. */
export type RouteParams = Readonly<Record<string, string | undefined>>;

/** Where a route that is not granted leads, and what it is about. */
export interface RouteGuardOptions {
  /** Where a route leads that is denied. */
  readonly to: string;
  /** Where it leads when nobody is signed in; `to` unless given. */
  readonly signIn?: string;
  /** The resource, from the parameters of the route. */
  readonly on?: (params: RouteParams) => string;
}

/** The properties of `<PermissionRoute>`. */
export interface PermissionRouteProps<Text extends string> extends RouteGuardOptions, Pick<PermissionGuardProps<Text>, "do" | "children" | "fallback"> {}

/** Guards its children, or the routes below it. Where the sign-in is, `location.state.from` says where the user wanted to go. */
export function PermissionRoute<Text extends string>({ to, signIn = to, on, children, ...properties }: PermissionRouteProps<Text>): ReactNode {
  const from = useLocation();
  const params = useParams();
  const guard = PermissionGuard<Text>;
  return createElement(
    guard,
    {
      ...properties,
      on: on?.(params),
      denied: createElement(Navigate, { to, replace: true }),
      unauthenticated: createElement(Navigate, { to: signIn, replace: true, state: { from } }),
    },
    children ?? createElement(Outlet),
  );
}

/**
 * A middleware or loader that waits until the answer is known, and redirects where it is not granted.
 * Where loading fails, it throws a response of status 503 for the route's error boundary.
 */
export function permissionMiddleware<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  { to, signIn = to, on }: RouteGuardOptions,
): (args: { readonly params: RouteParams }) => Promise<void> {
  return async ({ params }) => {
    const verdict = await verdictWhenKnown(permissions, requirement, on?.(params));
    if (verdict === "denied") throw redirect(to);
    if (verdict === "unauthenticated") throw redirect(signIn);
    if (verdict !== "granted") throw new Response(null, { status: 503, statusText: "The permissions could not be loaded" });
  };
}

/** Has the routes' middleware and loaders run again whenever permissions change. */
export function useRevalidateOnChange(): void {
  const permissions = usePermissions();
  const { revalidate } = useRevalidator();
  const navigate = useNavigate();
  const here = useLocation();
  const hasFailed = useRef(false);
  useEffect(() => {
    if (!permissions) return;
    const noteFailure = (status: Status) => (hasFailed.current ||= status === "failed" || status === "expired");
    noteFailure(permissions.status);
    const stopStatus = permissions.on("status", noteFailure);
    const stopChange = permissions.on("change", () => {
      // An error boundary is left by navigations alone: of a quick revalidation it does not see the beginning.
      if (hasFailed.current) void navigate(here, { replace: true, state: here.state, preventScrollReset: true });
      else void revalidate();
      hasFailed.current = false;
    });
    return () => (stopStatus(), stopChange());
  }, [permissions, revalidate, navigate, here]);
}
