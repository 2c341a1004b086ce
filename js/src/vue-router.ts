/** The guard for Vue Router, with the types of `meta.permission`. */

import type { RouteLocationNormalized, RouteLocationRaw } from "vue-router";
import type { WrittenRequirement } from "./names.js";
import type { Answering } from "./adapter.js";
import { type GuardedRouter, type RouteGuardOptions as Options, guardRoutes as guard } from "./vue-guard.js";

declare module "vue-router" {
  interface RouteMeta {
    /** The requirement of the route. */
    permission?: WrittenRequirement;
    /** The resource of the question, or a function that returns it for the route. */
    permissionResource?: string | ((route: RouteLocationNormalized) => string);
  }
}

/** The redirects of routes that are not granted. */
export type RouteGuardOptions = Options<RouteLocationRaw>;

/** Guards all routes with a `meta.permission`. Returns a function that stops that. */
export const guardRoutes: (router: GuardedRouter, permissions: Answering | PromiseLike<Answering>, options: RouteGuardOptions) => () => void = guard;
