/** The guard for Vue Router, with the types of `meta.permission`. */

import type { RouteLocationNormalized, RouteLocationRaw } from "vue-router";
import type { WrittenRequirement } from "./names.js";
import type { Answering } from "./adapter.js";
import { type GuardedRouter, type RouteGuardOptions as Options, guardRoutes as guard } from "./vue-guard.js";

declare module "vue-router" {
  interface RouteMeta {
    /** What the route needs. */
    permission?: WrittenRequirement;
    /** The resource that it is about, or how to get it from the route. */
    permissionResource?: string | ((route: RouteLocationNormalized) => string);
  }
}

/** Where routes lead that are not granted. */
export type RouteGuardOptions = Options<RouteLocationRaw>;

/** Guards all routes that have a `meta.permission`. Gives back how to stop that. */
export const guardRoutes: (router: GuardedRouter, permissions: Answering | PromiseLike<Answering>, options: RouteGuardOptions) => () => void = guard;
