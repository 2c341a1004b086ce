/** The adapter for Angular: providers, signals, `*permgateCan`, and guards for its router that keep values in fields. */

export { requirement } from "./adapter.js";
export type { GivenPermissions } from "./adapter.js";
export type { PermgateRequestContext } from "./angular-carried.js";
export { PermgateCan, type PermgateContext } from "./angular-can.js";
export { type PermgateOptions, injectCan, injectCanSomewhere, injectPermissions, injectStatus, injectSubject, providePermgate } from "./angular-held.js";
export { PermgateOutlet } from "./angular-outlet.js";
export type { Elsewhere, GuardedRoute, PermissionData, PermissionGuardOptions, PermissionMatchOptions } from "./angular-needs.js";
export { permissionData, permissionGuard, permissionMatch } from "./angular-router.js";
