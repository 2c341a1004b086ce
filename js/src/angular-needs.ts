/** The needs of routes in Angular's router: the options of the guards, and the requirement of each guard. */

import type { ActivatedRouteSnapshot, PartialMatchRouteSnapshot, UrlTree } from "@angular/router";
import type { Where } from "./adapter.js";
import type { WrittenRequirement } from "./names.js";

/** The target of a redirect: a URL, or a function from the wanted URL to one, which may `inject` services. */
export type Elsewhere = string | UrlTree | ((wanted: string) => string | UrlTree);

/** A route as its guard sees it. */
export type GuardedRoute = ActivatedRouteSnapshot | PartialMatchRouteSnapshot;

/** The permission that a route needs, in its `data`. */
export interface PermissionData {
  /** The requirement of the route. */
  readonly permission: WrittenRequirement;
  /** The resource of the question, or a function that returns it for the route. */
  readonly permissionResource?: string | ((route: GuardedRoute) => string);
  /** Asks whether the permission is granted on at least one resource; the resource is not used then. */
  readonly permissionSomewhere?: boolean;
}

/** The redirects of a route that may not be matched, and its resource. */
export interface PermissionMatchOptions {
  /** The target when the route is denied; by default the routes after it are tried. */
  readonly to?: Elsewhere;
  /** The target when nobody is signed in; by default `to`. */
  readonly signIn?: Elsewhere;
  /** The target when the permissions cannot be loaded. The route is tried again as soon as they can. */
  readonly failed?: Elsewhere;
  /** The resource, from the route. */
  readonly on?: (route: GuardedRoute) => string;
  /** Asks whether the permission is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean;
}

/** The redirects of a route that may not be entered, and its resource. */
export interface PermissionGuardOptions extends PermissionMatchOptions {
  /** The target when the route is denied. */
  readonly to: Elsewhere;
}

/** The requirement of a route, and its redirects. */
export interface Need {
  readonly requirement: string;
  readonly resource: Where;
  readonly options: PermissionMatchOptions;
}

/** Returns the need of a guard at a route, if it has one. */
export type Asking = (route: GuardedRoute) => Need | undefined;

const NEEDS = new WeakMap<object, Asking>();

/** Remembers the need of a guard, so that the routes that it guards can be left again. */
export function asks<Guard extends object>(guard: Guard, asking: Asking): Guard {
  NEEDS.set(guard, asking);
  return guard;
}

/** The need of a route's guard; undefined if it is a guard of the application. */
export function needOf(guard: unknown, route: GuardedRoute): Need | undefined {
  return NEEDS.get(guard as object)?.(route);
}
