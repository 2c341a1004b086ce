/** The object that applications on servers get for a permission document, and how the document is read. */

import type { Catalogue, Decision, Language, RolePermissions, Snapshot } from "./types.js";

/** How documents are read, and requirements written. */
export interface Reading extends Language {
  /** The layout of the document's permissions; lists of names (`document`) by default. */
  readonly format?: "document" | "by-resource" | "by-action";
  /** Documents about another tenant are refused. */
  readonly tenant?: string | null;
  /** All existing permissions: for packed sets, and to find misspelled names. */
  readonly catalogue?: Catalogue;
  /** The permissions of each role, if documents have only roles. */
  readonly rolePermissions?: RolePermissions;
}

/**
 * The grants of one document, for one request: it ages, and must not be kept across requests. After an hour it grants
 * nothing.
 */
export interface Evaluated {
  /** When it was made, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The document as it was read. */
  readonly json: string;
  /** Whom the document is about. */
  readonly about: Pick<Snapshot, "subject" | "tenant" | "version">;
  /** Whether a requirement is granted, on one resource or in general. Never throws. */
  can(requirement: string, resource?: string): boolean;
  /** Whether a permission is granted on any resource. Never throws. */
  canSomewhere(permission: string): boolean;
  /** The decision on a requirement, with its reason. Never throws. */
  check(requirement: string, resource?: string): Decision;
  /** @throws PermissionDeniedError unless the requirement is granted */
  require(requirement: string, resource?: string): void;
  /** The content of the document, with the times of this evaluation. */
  snapshot(): Snapshot;
}
