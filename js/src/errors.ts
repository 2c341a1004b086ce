/** The errors, each with a code that stays the same. */

import type { Decision } from "./decision.js";

/** All error codes. */
export type ErrorCode =
  | "blocked-form"
  | "bus"
  | "chunk"
  | "claim-left-out"
  | "crashed"
  | "disposed"
  | "http-status"
  | "identify"
  | "initialisation"
  | "invalid-argument"
  | "invalid-option"
  | "listener"
  | "load"
  | "malformed-claims"
  | "malformed-document"
  | "malformed-message"
  | "malformed-packed"
  | "malformed-policies"
  | "malformed-requirement"
  | "malformed-token"
  | "malformed-version"
  | "network"
  | "no-push"
  | "no-source"
  | "not-hidden"
  | "older-version"
  | "permission-denied"
  | "policy-provider"
  | "renewal"
  | "subject-mismatch"
  | "tenant-mismatch"
  | "timeout"
  | "token-expired"
  | "token-not-yet-valid"
  | "token-provider"
  | "too-large"
  | "unauthenticated"
  | "unexpected-not-modified"
  | "unknown-mode"
  | "unknown-permission"
  | "unknown-subject"
  | "unsafe-mode"
  | "version-restarted";

/** An error of permgate. */
export class PermgateError extends Error {
  override readonly name: string = "PermgateError";
  readonly code: ErrorCode;
  /** The element whose attribute is malformed. */
  readonly element?: Element;
  /** Where reading a requirement failed, in UTF-16 code units as in `text.slice`. */
  readonly position?: number;

  constructor(
    code: ErrorCode,
    message: string,
    details: { cause?: unknown; element?: Element; position?: number } = {},
  ) {
    super(`permgate: ${message}`, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.element) this.element = details.element;
    if (details.position !== undefined) this.position = details.position;
  }
}

/** Thrown by `require` when the requirement is not granted. */
export class PermissionDeniedError extends PermgateError {
  override readonly name = "PermissionDeniedError";
  readonly decision: Decision;

  constructor(decision: Decision) {
    super("permission-denied", decision.message);
    this.decision = decision;
  }
}

/** An error about an invalid argument. */
export function argument(message: string): PermgateError {
  return new PermgateError("invalid-argument", message);
}
