/** For SvelteKit: the hook that evaluates each request's document, and guards for `load`. */

import { error, redirect } from "@sveltejs/kit";
import { type AnyPermissions, type Answering, type Verdict, verdictOf, verdictWhenKnown } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import type { RegisteredName } from "./register.js";
import type { ServerPermissions } from "./server.js";

/** What guarded `load` functions depend on: `invalidate(PERMISSIONS)` has them run again. */
export const PERMISSIONS = "permgate:set";

/** The part of SvelteKit's `locals` that is used here: declare it in `App.Locals`. */
export interface PermissionLocals {
  permissions: ServerPermissions<any>;
}

/** What `resolve` of SvelteKit takes of this. */
interface ResolveOptions {
  transformPageChunk?: (input: { html: string; done: boolean }) => string;
}

/**
 * The hook `handle`: evaluates the request's document into `locals.permissions`, and writes the answers that were given
 * while a page was rendered into its head. Such pages are `private, no-store`.
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

/** Where a page leads that is not granted. */
export interface LoadGuardOptions {
  /** Where a page leads that is denied; unless given, it answers 403. */
  readonly to?: string;
  /** Where it leads when nobody is signed in; `to` unless given, or else it answers 401. */
  readonly signIn?: string;
  /** The resource, from the route's parameters. */
  readonly on?: (params: RouteParams) => string;
}

/** In a `load` function of the server: goes on only if a requirement is granted to the request's user. */
export function requirePermission<Text extends string>(
  event: { readonly locals: any; readonly params: RouteParams; depends?: (name: `${string}:${string}`) => void },
  requirement: RequirementOf<Text, RegisteredName>,
  options: LoadGuardOptions = {},
): void {
  event.depends?.(PERMISSIONS);
  const { permissions } = event.locals as PermissionLocals;
  judge(verdictOf(permissions, requirement, options.on?.(event.params)), options);
}

/** A `load` function for pages that are rendered in the browser alone: waits until the answer is known. */
export function guardLoad<Text extends string>(
  permissions: Answering | PromiseLike<Answering>,
  requirement: RequirementOf<Text, RegisteredName>,
  options: LoadGuardOptions = {},
): (event: { readonly params: RouteParams; depends(name: `${string}:${string}`): void }) => Promise<void> {
  return async ({ params, depends }) => {
    depends(PERMISSIONS);
    judge(await verdictWhenKnown(permissions, requirement, options.on?.(params)), options);
  };
}

/** Has guarded `load` functions run again whenever permissions change; `invalidate` is that of `$app/navigation`. Gives back how to stop that. */
export function followPermissions(permissions: AnyPermissions, invalidate: (name: string) => Promise<void>): () => void {
  return permissions.on("change", () => void invalidate(PERMISSIONS));
}

function judge(verdict: Verdict, { to, signIn = to }: LoadGuardOptions): void {
  if (verdict === "granted") return;
  const isNobody = verdict === "unauthenticated";
  if (verdict === "failed" || verdict === "unknown") error(503, "The permissions could not be loaded");
  const target = isNobody ? signIn : to;
  if (target !== undefined) redirect(303, target);
  error(isNobody ? 401 : 403, isNobody ? "Nobody is signed in" : "This is not permitted");
}
