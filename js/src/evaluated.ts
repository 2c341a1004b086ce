/** What applications on servers are given of a permission document, and how it is read. */

import type { Catalogue, Decision, Language, RolePermissions, Snapshot } from "./types.js";

/** How documents are read, and requirements written. */
export interface Reading extends Language {
  /** What the document's permissions look like: lists of names (`document`) unless it is said. */
  readonly format?: "document" | "by-resource" | "by-action";
  /** Documents about another tenant are refused. */
  readonly tenant?: string | null;
  /** All permissions that there are: for packed sets, and to find names that are misspelled. */
  readonly catalogue?: Catalogue;
  /** What the roles stand for, where documents tell only roles. */
  readonly rolePermissions?: RolePermissions;
}

/** What one document grants, for one request: it has an age, and is not kept across requests. After an hour it grants nothing. */
export interface Evaluated {
  /** When it was made, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The document as it was read. */
  readonly json: string;
  /** What the document says of whom it is about. */
  readonly about: Pick<Snapshot, "subject" | "tenant" | "version">;
  /** Whether a requirement is granted, on one resource or in general. Never throws. */
  can(requirement: string, resource?: string): boolean;
  /** Whether a permission is granted on any resource. Never throws. */
  canSomewhere(permission: string): boolean;
  /** The decision on a requirement, with its reason. Never throws. */
  check(requirement: string, resource?: string): Decision;
  /** @throws PermissionDeniedError unless the requirement is granted */
  require(requirement: string, resource?: string): void;
  /** What the document says, with the times of this evaluation. */
  snapshot(): Snapshot;
}
