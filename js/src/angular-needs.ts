/** What routes of Angular's router need: the options of its guards, and which guard asks for what. */

import type { ActivatedRouteSnapshot, PartialMatchRouteSnapshot, UrlTree } from "@angular/router";
import type { WrittenRequirement } from "./names.js";

/** Where a route leads: a URL, or a function from the wanted URL to one, which may `inject` services. */
export type Elsewhere = string | UrlTree | ((wanted: string) => string | UrlTree);

/** What is known of a route when its guard asks. */
export type GuardedRoute = ActivatedRouteSnapshot | PartialMatchRouteSnapshot;

/** What a route needs, in its `data`. */
export interface PermissionData {
  /** What the route needs. */
  readonly permission: WrittenRequirement;
  /** The resource that it is about, or how to get it from the route. */
  readonly permissionResource?: string | ((route: GuardedRoute) => string);
}

/** Where a route leads that may not be matched, and what it is about. */
export interface PermissionMatchOptions {
  /** Where the route leads when it is denied; the routes after it are tried unless given. */
  readonly to?: Elsewhere;
  /** Where it leads when nobody is signed in; `to` unless given. */
  readonly signIn?: Elsewhere;
  /** Where it leads when the permissions cannot be loaded. It is tried again as soon as they can. */
  readonly failed?: Elsewhere;
  /** The resource, from the route. */
  readonly on?: (route: GuardedRoute) => string;
}

/** Where a route leads that may not be entered, and what it is about. */
export interface PermissionGuardOptions extends PermissionMatchOptions {
  /** Where the route leads when it is denied. */
  readonly to: Elsewhere;
}

/** What a route asks for, and where it leads else. */
export interface Need {
  readonly requirement: string;
  readonly resource: string | undefined;
  readonly options: PermissionMatchOptions;
}

/** What a guard asks for at a route, if anything. */
export type Asking = (route: GuardedRoute) => Need | undefined;

const NEEDS = new WeakMap<object, Asking>();

/** Remembers what a guard asks for, so that the routes that it guards can be left again. */
export function asks<Guard extends object>(guard: Guard, asking: Asking): Guard {
  NEEDS.set(guard, asking);
  return guard;
}

/** What a guard of a route asks for; nothing where it is a guard of the application. */
export function needOf(guard: unknown, route: GuardedRoute): Need | undefined {
  return typeof guard === "function" ? NEEDS.get(guard)?.(route) : undefined;
}
