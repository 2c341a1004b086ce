/** The guard for Vue Router, with the types of `meta.permission`, and the news that another user is signed in. */

import type { RouteLocationNormalized, RouteLocationRaw } from "vue-router";
import type { WrittenRequirement } from "./names.js";
import type { Answering } from "./adapter.js";
import type { Dehydrated } from "./dehydrated.js";
import { type GuardedRouter, type RouteGuardOptions as Options, guardRoutes as guard } from "./vue-guard.js";
import { type Holding, followUserOf, renderedFor } from "./users.js";

export type { Holding } from "./users.js";

declare module "vue-router" {
  interface RouteMeta {
    /** The requirement of the route. */
    permission?: WrittenRequirement;
    /** The resource of the question, or a function that returns it for the route. */
    permissionResource?: string | ((route: RouteLocationNormalized) => string);
    /** Asks whether the permission is granted on at least one resource; the resource is not used then. */
    permissionSomewhere?: boolean;
  }
}

/** The redirects of routes that are not granted. */
export type RouteGuardOptions = Options<RouteLocationRaw>;

/** Guards all routes with a `meta.permission`. Returns a function that stops that. */
export const guardRoutes: (router: GuardedRouter, permissions: Answering | PromiseLike<Answering>, options: RouteGuardOptions) => () => void = guard;

/**
 * Calls a function whenever another user is signed in, or nobody any more, in this tab or another: what was loaded for
 * the user before is not for that one. `dehydrated` is the result of the server's `dehydrate`, for a page that it
 * rendered: the user before the first one of the instance is the user of that page. Returns a function that stops that.
 */
export function followUser(permissions: Holding | PromiseLike<Holding>, changed: () => unknown, dehydrated?: Dehydrated | null): () => void {
  let isOver = false;
  let stop: () => unknown = () => {};
  const follow = (permissions: Holding) => {
    if (!isOver) stop = followUserOf(permissions, changed, renderedFor(dehydrated));
  };
  // The application, which made the promise, handles its rejection.
  void Promise.resolve(permissions).then(follow, () => undefined);
  return () => {
    isOver = true;
    stop();
  };
}
