/** The adapter for Svelte 5: reactive answers, and a guard that keeps what the user filled in. */

export { requirement } from "./adapter.js";
export type { GivenPermissions, Verdict } from "./adapter.js";
export { default as PermissionGuard } from "./PermissionGuard.svelte";
export { PermissionsState, getPermissions, setPermissions } from "./svelte-state.js";
