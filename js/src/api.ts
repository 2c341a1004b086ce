/** What every entry exports beside `createPermissions`. */

export { PermgateError, PermissionDeniedError, type ErrorCode } from "./errors.js";
export { packPermissions, unpackPermissions } from "./packed.js";
export type { RequirementOf, RequirementsOf } from "./names.js";
export type { Permissions } from "./permissions.js";
export type {
  Binding,
  Catalogue,
  ClaimPreset,
  ClaimRule,
  Claims,
  DecodedToken,
  Decision,
  Forbidden,
  Grant,
  Language,
  PermissionsEvents,
  PermissionsOptions,
  Reason,
  RequirementTree,
  RolePermissions,
  Snapshot,
  Status,
  TokenSource,
} from "./types.js";
