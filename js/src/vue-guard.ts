/** The guard for Vue Router: it asks before a route is entered, and leaves one whose permission goes. */

import { type Answering, type Verdict, verdictOf, verdictWhenKnown } from "./adapter.js";

/** The part of a route's meta that is used here. */
export interface GuardedMeta {
  /** What the route needs. */
  readonly permission?: string;
  /** The resource that it is about, or how to get it from the route. */
  readonly permissionResource?: string | ((route: GuardedRoute) => string);
}

/** The part of Vue Router's locations that is used here. */
export interface GuardedRoute {
  readonly fullPath: string;
  readonly redirectedFrom?: { readonly fullPath: string } | undefined;
  // Any type: the meta of a route is the application's.
  readonly matched: readonly { readonly meta: any }[];
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The part of Vue Router that is used here. */
export interface GuardedRouter {
  // Any type: those of Vue Router, which need not be installed.
  beforeEach(guard: (to: any) => Promise<any>): () => void;
  replace(to: any): Promise<unknown>;
  readonly currentRoute: { readonly value: GuardedRoute };
}

/** Where routes lead that are not granted: locations of Vue Router, or functions from the route to one. */
export interface RouteGuardOptions<Location = string | object> {
  /** Where a route leads that is denied. */
  readonly to: Location | ((route: GuardedRoute) => Location);
  /** Where it leads when nobody is signed in; `to` unless given. */
  readonly signIn?: Location | ((route: GuardedRoute) => Location);
  /** Where it leads when the permissions cannot be loaded, until they can; the navigation is cancelled unless given. */
  readonly failed?: Location | ((route: GuardedRoute) => Location);
}

/** Guards all routes that have a `meta.permission`. Gives back how to stop that. */
export function guardRoutes(
  router: GuardedRouter,
  permissions: Answering | PromiseLike<Answering>,
  options: RouteGuardOptions,
): () => void {
  /** A route that could not be entered because the permissions could not be loaded. */
  let wanted: GuardedRoute | undefined;
  const elsewhere = (route: GuardedRoute, verdict: Verdict) => {
    const { to, signIn = to, failed = false } = options;
    const target = verdict === "denied" ? to : verdict === "unauthenticated" ? signIn : failed;
    return typeof target === "function" ? target(route) : target;
  };
  const stopGuard = router.beforeEach(async (to: GuardedRoute) => {
    // The way to where it leads meanwhile is no other wish.
    if (to.redirectedFrom?.fullPath !== wanted?.fullPath) wanted = undefined;
    for (const [permission, resource] of needsOf(to)) {
      const verdict = await verdictWhenKnown(permissions, permission, resource);
      if (verdict === "granted") continue;
      if (verdict === "failed") wanted = to;
      return elsewhere(to, verdict);
    }
    return true;
  });
  let isOver = false;
  let stop = () => {};
  const follow = (permissions: Answering) => {
    if (isOver) return;
    const isLoaded = () => permissions.status === "fresh" || permissions.status === "unauthenticated";
    const look = () => {
      if (wanted && isLoaded()) return void router.replace(wanted.fullPath);
      const route = router.currentRoute.value;
      const verdicts = needsOf(route).map(([permission, resource]) => verdictOf(permissions, permission, resource));
      // While the answer is unknown, the page stays: forms survive that.
      const verdict = verdicts.find((verdict) => verdict === "denied" || verdict === "unauthenticated");
      if (verdict) void router.replace(elsewhere(route, verdict));
    };
    stop = permissions.subscribe(look);
    look();
  };
  // On a server nothing changes. A promise that is rejected is told to the guards.
  if (typeof document === "object") void Promise.resolve(permissions).then(follow, () => undefined);
  return () => {
    isOver = true;
    stop();
    stopGuard();
  };
}

/** What a route and those around it need, outermost first: each a requirement and a resource. */
export function needsOf(route: GuardedRoute): [string, string | undefined][] {
  const guarded = route.matched.map(({ meta }) => meta as GuardedMeta).filter(({ permission }) => permission !== undefined);
  return guarded.map(({ permission = "", permissionResource: resource }) => [permission, typeof resource === "function" ? resource(route) : resource]);
}
