/** The guard for Vue Router: it asks before a route is entered, and leaves a route whose permission is revoked. */

import { type Answering, type Verdict, type Where, verdictOf, verdictWhenKnown } from "./adapter.js";

/** The part of a route's meta that is used here. */
export interface GuardedMeta {
  /** The requirement of the route. */
  readonly permission?: string;
  /** The resource of the question, or a function that returns it for the route. */
  readonly permissionResource?: string | ((route: GuardedRoute) => string);
  /** Asks whether the permission is granted on at least one resource. */
  readonly permissionSomewhere?: boolean;
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
  beforeResolve(guard: (to: any) => any): () => void;
  afterEach(guard: (to: any) => void): () => void;
  onError(handler: (error: any, to: any) => void): () => void;
  replace(to: any): Promise<unknown>;
  readonly currentRoute: { readonly value: GuardedRoute };
}

/** The redirects of routes that are not granted: locations of Vue Router, or functions from the route to one. */
export interface RouteGuardOptions<Location = string | object> {
  /** The target when a route is denied. */
  readonly to: Location | ((route: GuardedRoute) => Location);
  /** The target when nobody is signed in; by default `to`. */
  readonly signIn?: Location | ((route: GuardedRoute) => Location);
  /** The target until the permissions can be loaded; by default the navigation is cancelled. */
  readonly failed?: Location | ((route: GuardedRoute) => Location);
}

/** Guards all routes with a `meta.permission`. Returns a function that stops that. */
export function guardRoutes(
  router: GuardedRouter,
  permissions: Answering | PromiseLike<Answering>,
  options: RouteGuardOptions,
): () => void {
  /** A route that could not be entered because the permissions could not be loaded. */
  let wanted: GuardedRoute | undefined;
  /** The target of the navigation that is under way. */
  let next: GuardedRoute | undefined;
  const elsewhere = (route: GuardedRoute, verdict: Verdict) => {
    const { to, signIn = to, failed = false } = options;
    const target = verdict === "denied" ? to : verdict === "unauthenticated" ? signIn : failed;
    return typeof target === "function" ? target(route) : target;
  };
  /** The target if a route has to be left. While the answer is unknown, the page stays, so that forms survive. */
  const leaving = (permissions: Answering, route: GuardedRoute) => {
    const verdicts = needsOf(route).map(([permission, resource]) => verdictOf(permissions, permission, resource));
    const verdict = verdicts.find((verdict) => verdict === "denied" || verdict === "unauthenticated");
    return verdict && elsewhere(route, verdict);
  };
  let look = () => {};
  const end = (to: GuardedRoute) => {
    if (to !== next) return;
    next = undefined;
    look();
  };
  const stops = [
    router.beforeEach(async (to: GuardedRoute) => {
      next = to;
      // A navigation to the redirect's target is not another wish of the user.
      if (to.redirectedFrom?.fullPath !== wanted?.fullPath) wanted = undefined;
      for (const [permission, resource] of needsOf(to)) {
        const verdict = await verdictWhenKnown(permissions, permission, resource);
        if (verdict === "granted") continue;
        // The user may have gone elsewhere meanwhile.
        if (verdict === "failed" && next === to) wanted = to;
        return elsewhere(to, verdict);
      }
      return true;
    }),
    router.afterEach(end),
    router.onError((_error, to: GuardedRoute) => end(to)),
  ];
  let isOver = false;
  const follow = (permissions: Answering) => {
    if (isOver) return;
    /** The route that was last left: a redirect that the application refuses is repeated only after the next change. */
    let left: GuardedRoute | undefined;
    look = () => {
      // A navigation under way is not disturbed: its guard asks, and at its end this is called.
      if (next) return;
      const route = router.currentRoute.value;
      const isLoaded = permissions.status === "fresh" || permissions.status === "unauthenticated";
      const target = wanted && isLoaded ? wanted.fullPath : leaving(permissions, route);
      if (!target || left === route) return;
      left = route;
      void router.replace(target);
    };
    const change = () => {
      left = undefined;
      look();
    };
    // Permissions may have changed while the code of a route was loaded.
    stops.push(permissions.subscribe(change), router.beforeResolve((to: GuardedRoute) => leaving(permissions, to)));
    look();
  };
  // On a server nothing changes. The guards handle a promise that rejects.
  if (typeof document === "object") void Promise.resolve(permissions).then(follow, () => undefined);
  return () => {
    isOver = true;
    for (const stop of stops) stop();
  };
}

/** The needs of a route and those around it, outermost first: each a requirement and a resource. */
export function needsOf(route: GuardedRoute): [string, Where][] {
  const guarded = route.matched.map(({ meta }) => meta as GuardedMeta).filter(({ permission }) => permission !== undefined);
  return guarded.map(({ permission = "", permissionResource: resource, permissionSomewhere: somewhere }) => [
    permission,
    somewhere ? true : typeof resource === "function" ? resource(route) : resource,
  ]);
}
