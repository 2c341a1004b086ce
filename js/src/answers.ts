/** What applications are given: frozen snapshots and decisions. */

import type { Decision, Snapshot, Source } from "./types.js";

/** What is shown when nothing is held. */
export const NOTHING: Snapshot = freeze({
  status: "idle",
  subject: null,
  tenant: null,
  version: null,
  permissions: [],
  denied: [],
  grants: [],
  roles: null,
  groups: null,
  scopes: null,
  freshUntil: null,
  expiresAt: null,
  source: null,
  askedAt: null,
});

/** What the module says of a decision. */
export type Checked = { -readonly [Key in keyof Omit<Decision, "provenance">]: Decision[Key] } & {
  source: Source | null;
  askedAt: number | null;
  version: number | null;
};

/** The decision as applications see it. */
export function shown({ source, askedAt, version, ...decision }: Checked): Decision {
  const isHeld = source !== null && askedAt !== null;
  const ageMs = Math.max(0, Date.now() - (askedAt ?? 0));
  return freeze({ ...decision, provenance: isHeld ? { source, askedAt, ageMs, version } : null });
}

/** A decision that the module was not asked for. */
export function decision(outcome: Decision["outcome"], reason: Decision["reason"], message: string): Decision {
  return freeze({ outcome, reason, permission: null, grant: null, message, provenance: null });
}

/** Freezes a value with all that is in it. */
export function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
