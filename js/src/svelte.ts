/** The adapter for Svelte 5: reactive answers, and a guard that keeps values in fields. */

export { bootstrapOf, requirement } from "./adapter.js";
export type { Dehydrated, GivenPermissions, Verdict } from "./adapter.js";
export { default as PermissionGuard } from "./PermissionGuard.svelte";
export type { PermissionsSettings } from "./svelte-state.js";
export { PermissionsState, getPermissions, setPermissions } from "./svelte-state.js";
