/** What every entry exports beside `createPermissions`. */

export { PermgateError, PermissionDeniedError, type ErrorCode } from "./errors.js";
export type { RequirementOf } from "./names.js";
export type { Permissions } from "./permissions.js";
export type {
  Binding,
  ClaimRule,
  Decision,
  Forbidden,
  Grant,
  PermissionsEvents,
  PermissionsOptions,
  Reason,
  Snapshot,
  Status,
  TokenSource,
} from "./types.js";
