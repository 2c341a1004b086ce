/** Angular's route guards, for `canActivate`, `canActivateChild` and `canMatch`, with types for a route's `data`. */

import type { CanActivateFn, CanMatchFn, PartialMatchRouteSnapshot } from "@angular/router";
import { type GuardedRoute, type Need, type PermissionData, type PermissionGuardOptions, type PermissionMatchOptions, asks } from "./angular-needs.js";
import { injectRoutes } from "./angular-routes.js";
import type { RequirementOf, WrittenRequirement } from "./names.js";
import type { RegisteredName } from "./register.js";

/**
 * For `canActivate`: the route is entered if the requirement is granted, and left when it is denied. Without a
 * requirement it can also be used for `canActivateChild`: each route has its requirement in its `data`; see
 * `permissionData`.
 */
export function permissionGuard<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, options: PermissionGuardOptions): CanActivateFn;
export function permissionGuard(options: PermissionGuardOptions): CanActivateFn;
export function permissionGuard(first: string | PermissionGuardOptions, second?: PermissionGuardOptions): CanActivateFn {
  const need = (route: GuardedRoute) => (typeof first === "object" ? needOfData(route, first) : needOn(route, first, second ?? {}));
  const guard: CanActivateFn = (route, { url }) => injectRoutes().enter(need(route), url);
  return asks(guard, need);
}

/**
 * For `canMatch`: the route is matched, and its code loaded, if the requirement is granted; it is left when that is
 * denied.
 */
export function permissionMatch<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, options: PermissionMatchOptions = {}): CanMatchFn {
  const need = (route: GuardedRoute) => needOn(route, requirement, options);
  // Before Angular 21.1 there are no parameters yet, so the question about a resource is not granted.
  const guard: CanMatchFn = (_route, _segments, route = { params: {}, data: {} } as PartialMatchRouteSnapshot) => injectRoutes().enter(need(route));
  return asks(guard, need);
}

/** The `data` of a route with a requirement, whose names are checked, and with any other data. */
export function permissionData<Text extends string, More extends object>(
  permission: RequirementOf<Text, RegisteredName>,
  more?: More & Omit<PermissionData, "permission">,
): More & PermissionData {
  return { ...(more as More), permission: permission as WrittenRequirement };
}

function needOn(route: GuardedRoute, requirement: string, options: PermissionMatchOptions): Need {
  return { requirement, resource: options.somewhere ? true : options.on?.(route), options };
}

/** Only the route's own data: the guards of the routes around it ask about theirs. */
function needOfData(route: GuardedRoute, options: PermissionMatchOptions): Need | undefined {
  const { permission, permissionResource: resource = options.on, permissionSomewhere: somewhere = options.somewhere } = (route.routeConfig?.data ?? {}) as Partial<PermissionData>;
  if (permission === undefined) return undefined;
  return { requirement: permission, resource: somewhere ? true : typeof resource === "function" ? resource(route) : resource, options };
}
