/** The exports that every entry has in addition to `createPermissions`. */

export { PermgateError, PermissionDeniedError, type ErrorCode } from "./errors.js";
export { packPermissions, unpackPermissions } from "./packed.js";
export type { CheckedRequirement, RequirementOf, RequirementsOf, WrittenRequirement } from "./names.js";
// Augmenting `Register` from outside reaches it only through `export *`.
export * from "./register.js";
export type { Permissions } from "./permissions.js";
export type { WasmOption, WasmSource } from "./module.js";
export type { Observable } from "./guard.js";
export type {
  Activity,
  Binding,
  BoundElement,
  Catalogue,
  ClaimPreset,
  ClaimRule,
  Claims,
  DecodedToken,
  Decision,
  Forbidden,
  Grant,
  Language,
  LoadCause,
  MessageParameters,
  Messages,
  PermissionMode,
  PermissionsEvents,
  PermissionsOptions,
  Provenance,
  Reason,
  RequirementTree,
  RolePermissions,
  Snapshot,
  Source,
  Status,
  StepUp,
  TokenSource,
} from "./types.js";
