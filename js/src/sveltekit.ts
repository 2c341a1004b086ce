/** For SvelteKit: the hook that evaluates each request's document, and guards for `load`. */

import { error, redirect } from "@sveltejs/kit";
import { type AnyPermissions, type Answering, type Verdict, type Where, verdictOf, verdictWhenKnown } from "./adapter.js";
import type { Dehydrated } from "./dehydrated.js";
import type { RequirementOf } from "./names.js";
import type { RegisteredName } from "./register.js";
import type { ServerPermissions } from "./server.js";
import { type User, followUserOf, renderedFor } from "./users.js";

/** The dependency of guarded `load` functions: `invalidate(PERMISSIONS)` runs them again. */
export const PERMISSIONS = "permgate:set";

/** The part of SvelteKit's `locals` that is used here: declare it in `App.Locals`. */
export interface PermissionLocals {
  permissions: ServerPermissions<any>;
}

/** The part of the options of SvelteKit's `resolve` that is used here. */
interface ResolveOptions {
  transformPageChunk?: (input: { html: string; done: boolean }) => string;
}

/**
 * The hook `handle`: evaluates the request's document into `locals.permissions`, and writes the answers of a page's
 * rendering into its head. Such pages are `private, no-store`.
 */
export function handlePermissions<Event extends { locals: any }>(
  evaluated: (event: Event) => ServerPermissions<any> | Promise<ServerPermissions<any>>,
): (input: { event: Event; resolve: (event: Event, options?: ResolveOptions) => Response | Promise<Response> }) => Promise<Response> {
  return async ({ event, resolve }) => {
    const permissions = await evaluated(event);
    (event.locals as PermissionLocals).permissions = permissions;
    const transformPageChunk = ({ html }: { html: string }) => {
      const at = html.indexOf("</head>");
      return at < 0 ? html : html.slice(0, at) + permissions.script() + html.slice(at);
    };
    const response = await resolve(event, { transformPageChunk });
    if (response.headers.get("content-type")?.startsWith("text/html")) response.headers.set("cache-control", "private, no-store");
    return response;
  };
}

/** Parameters of a route. */
type RouteParams = Partial<Record<string, string>>;

/** The redirects of a page that is not granted. */
export interface LoadGuardOptions {
  /** The target when the page is denied; by default the answer is 403. */
  readonly to?: string;
  /** The target when nobody is signed in; by default `to`, or else the answer is 401. */
  readonly signIn?: string;
  /** The resource, from the route's parameters. */
  readonly on?: (params: RouteParams) => string;
  /** Asks whether the permission is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean;
}

/** In a `load` function of the server: returns only if a requirement is granted to the request's user. */
export function requirePermission<Text extends string>(
  event: { readonly locals: any; readonly params: RouteParams; depends?: (name: `${string}:${string}`) => void },
  requirement: RequirementOf<Text, RegisteredName>,
  options: LoadGuardOptions = {},
): void {
  event.depends?.(PERMISSIONS);
  const { permissions } = event.locals as PermissionLocals;
  judge(verdictOf(permissions, requirement, whereOf(options, event.params)), options);
}

/** A `load` function for pages that are only rendered in the browser: waits until the answer is known. */
export function guardLoad<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  options: LoadGuardOptions = {},
): (event: { readonly params: RouteParams; depends(name: `${string}:${string}`): void }) => Promise<void> {
  return async ({ params, depends }) => {
    depends(PERMISSIONS);
    judge(await verdictWhenKnown(permissions, requirement, whereOf(options, params)), options);
  };
}

/** How `load` functions are run again: by `invalidate` and `invalidateAll` of `$app/navigation`. */
export interface Invalidation {
  invalidate(name: string): Promise<void>;
  invalidateAll(): Promise<void>;
  /**
   * `navigating` of `$app/state`: a navigation that is under way is completed first. SvelteKit gives it up when
   * something is invalidated meanwhile.
   */
  readonly navigating?: { readonly complete: Promise<void> | null };
  /** Returns the result of the server's `dehydrate`, for a page that it rendered: `() => data.permissions`. */
  dehydrated?(): Dehydrated | null | undefined;
}

/**
 * The users for whom `load` functions ran last, by instance. An effect that follows an instance begins anew whenever the
 * instance changes, before the `load` functions have answered.
 */
const loadedFor = new WeakMap<AnyPermissions, User>();

/**
 * Runs guarded `load` functions again whenever permissions change, and all of them when another user is signed in, or
 * nobody any more: what they loaded for the user before is shown no longer, and what SvelteKit has preloaded is
 * dropped. With `dehydrated`, the user before the first one of the instance is the user for whom the page was rendered.
 * Returns a function that stops that.
 */
export function followPermissions(permissions: AnyPermissions, { invalidate, invalidateAll, navigating, dehydrated }: Invalidation): () => void {
  const last = loadedFor.has(permissions) ? loadedFor.get(permissions) : renderedFor(dehydrated?.());
  const stopUser = followUserOf(permissions, invalidateAll, last);
  const runAgain = (waitedFor?: Promise<void>) => {
    const complete = navigating?.complete;
    // A navigation that was given up stays there, settled, until the next one.
    if (!complete || complete === waitedFor) return void invalidate(PERMISSIONS);
    // Also after this function has stopped: an effect that begins anew would not know of the change.
    const next = () => runAgain(complete);
    void complete.then(next, next);
  };
  const stopChange = permissions.on("change", () => runAgain());
  return () => {
    loadedFor.set(permissions, stopUser());
    stopChange();
  };
}

function whereOf({ on, somewhere }: LoadGuardOptions, params: RouteParams): Where {
  return somewhere ? true : on?.(params);
}

function judge(verdict: Verdict, { to, signIn = to }: LoadGuardOptions): void {
  if (verdict === "granted") return;
  const isNobody = verdict === "unauthenticated";
  if (verdict === "failed" || verdict === "unknown") error(503, "The permissions could not be loaded");
  const target = isNobody ? signIn : to;
  if (target !== undefined) redirect(303, target);
  error(isNobody ? 401 : 403, isNobody ? "Nobody is signed in" : "This is not permitted");
}
