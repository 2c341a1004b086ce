/** A decision: its outcome, its reason, and the set it was made from. */

/** A grant, as the permission document has it. */
export interface Grant {
  /** A permission, in which `*` may stand for segments. */
  readonly permission: string;
  /** The resources to which it is limited; absent when it covers all. */
  readonly resource?: string;
  readonly effect: "allow" | "deny";
}

/** Where a set came from. */
export type Source = "endpoint" | "token" | "bootstrap" | "storage";

/** The set that a decision was made from. */
export interface Provenance {
  readonly source: Source;
  /** When the set was requested, or passed, in milliseconds since 1970. */
  readonly askedAt: number;
  /** How long ago that was, in milliseconds. */
  readonly ageMs: number;
  readonly version: number | null;
}

/** Why a decision has its outcome. */
export type Reason =
  | "granted-by"
  | "denied-by"
  | "member"
  | "not-granted"
  | "not-loaded"
  | "expired"
  | "unauthenticated"
  | "malformed-requirement"
  /** The catalogue has no permission of this name. */
  | "unknown-permission"
  /** The server announced that it was revoked; the new set is being loaded. */
  | "revoked"
  | "crashed";

/** A decision with its reason. */
export interface Decision {
  /** Only `granted` permits anything. */
  readonly outcome: "granted" | "denied" | "unknown";
  readonly reason: Reason;
  /** The part of the requirement that decided. */
  readonly permission: string | null;
  /** The grant that decided. */
  readonly grant: Grant | null;
  /** One English sentence, for developers who look for the reason. */
  readonly message: string;
  /** The set that it was made from; null when none is held. */
  readonly provenance: Provenance | null;
}
