/** Guards for React Router 7 and 8: a component for routes, and a middleware. */

import { type ReactNode, createElement, startTransition, useEffect, useReducer, useRef } from "react";
import { Navigate, Outlet, redirect, useLocation, useNavigate, useNavigation, useParams, useRevalidator } from "react-router";
import { type Answering, verdictWhenKnown } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import { PermissionGuard, type PermissionGuardProps, usePermissions } from "./react.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";

/** The parameters of a route. */
export type RouteParams = Readonly<Record<string, string | undefined>>;

/** The redirects of a route that is not granted, and its resource. */
export interface RouteGuardOptions {
  /** The target when the route is denied. */
  readonly to: string;
  /** The target when nobody is signed in; by default `to`. */
  readonly signIn?: string;
  /** The resource, from the parameters of the route. */
  readonly on?: (params: RouteParams) => string;
  /** Asks whether the permission is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean;
}

/** The properties of `<PermissionRoute>`. */
export interface PermissionRouteProps<Text extends string> extends RouteGuardOptions, Pick<PermissionGuardProps<Text>, "do" | "children" | "fallback"> {}

/** Guards its children, or the routes below it. At the sign-in, `location.state.from` is where the user wanted to go. */
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
 * A middleware or loader that waits until the answer is known, and redirects if it is not granted. If loading fails, it
 * throws a response of status 503 for the route's error boundary.
 */
export function permissionMiddleware<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  { to, signIn = to, on, somewhere }: RouteGuardOptions,
): (args: { readonly params: RouteParams }) => Promise<void> {
  return async ({ params }) => {
    const verdict = await verdictWhenKnown(permissions, requirement, somewhere ? true : on?.(params));
    if (verdict === "denied") throw redirect(to);
    if (verdict === "unauthenticated") throw redirect(signIn);
    if (verdict !== "granted") throw new Response(null, { status: 503, statusText: "The permissions could not be loaded" });
  };
}

/** Runs the routes' middleware and loaders again whenever permissions change. */
export function useRevalidateOnChange(): void {
  const permissions = usePermissions();
  const { revalidate } = useRevalidator();
  const navigate = useNavigate();
  const here = useLocation();
  const isHere = useNavigation().state === "idle";
  const hasFailed = useRef(false);
  const [changes, count] = useReducer((changes: number) => changes + 1, 0);
  const handled = useRef(0);
  const rendered = permissions?.snapshot();
  useEffect(() => {
    if (!permissions) return;
    const noteFailure = (status: Status) => (hasFailed.current ||= status === "failed" || status === "expired");
    // A transition, as the router's own state: both are rendered together, so that the address is not an earlier one.
    const change = () => startTransition(count);
    noteFailure(permissions.status);
    const stopStatus = permissions.on("status", noteFailure);
    const stopChange = permissions.on("change", change);
    // Nothing listened since it was rendered.
    if (permissions.snapshot() !== rendered) change();
    return () => (stopStatus(), stopChange());
  }, [permissions]);
  useEffect(() => {
    if (changes === handled.current) return;
    handled.current = changes;
    // An error boundary is only left by a navigation: it misses the beginning of a quick revalidation. One that is under way begins anew.
    if (hasFailed.current && isHere) void navigate(here, { replace: true, state: here.state, preventScrollReset: true });
    else void revalidate();
    hasFailed.current = false;
  }, [changes]);
}
