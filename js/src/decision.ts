/** A decision: its outcome, its reason, and the set it was made from. */

/** A grant, in the words of the permission document. */
export interface Grant {
  /** A permission, in which `*` may stand for segments. */
  readonly permission: string;
  /** The resources that it is limited to; absent when it covers all. */
  readonly resource?: string;
  readonly effect: "allow" | "deny";
}

/** Where a set came from. */
export type Source = "endpoint" | "token" | "bootstrap" | "storage";

/** What a decision was made from. */
export interface Provenance {
  readonly source: Source;
  /** When the set was asked for, or handed over, in milliseconds since 1970. */
  readonly askedAt: number;
  /** How long ago that was, in milliseconds. */
  readonly ageMs: number;
  readonly version: number | null;
}

/** Why a decision is what it is. */
export type Reason =
  | "granted-by"
  | "denied-by"
  | "member"
  | "not-granted"
  | "not-loaded"
  | "expired"
  | "unauthenticated"
  | "malformed-requirement"
  /** The catalogue holds no permission of this name. */
  | "unknown-permission"
  /** The server said that it was revoked; the new set is awaited. */
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
  /** One English sentence, for people who look for the reason. */
  readonly message: string;
  /** What it was made from; null when nothing is held. */
  readonly provenance: Provenance | null;
}
