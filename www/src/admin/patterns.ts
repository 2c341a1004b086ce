/** Which pattern covers which permission, for display in the administration. */
import type { Grant } from "../api.ts";

/**
 * Whether a pattern covers a permission: `*` stands for one segment, at the end for one or more.
 * Only for the display of other users' grants; permgate decides about the user of the page.
 */
export function covers(pattern: string, permission: string): boolean {
  const wanted = permission.split(":");
  const parts = pattern.split(":");
  if (parts.at(-1) === "*" ? wanted.length < parts.length : wanted.length !== parts.length) return false;
  return parts.every((part, index) => part === "*" || part === wanted[index]);
}

/** Whether a user has a permission, and the reason. */
export interface Standing {
  granted: boolean;
  /** A `role` grants it, an own `allow` or `deny` decides it, a wider deny has `blocked` it, or there is `none`. */
  source: "role" | "allow" | "deny" | "blocked" | "none";
  /** The pattern that decided. */
  by?: string;
}

/** Whether a user has a permission; a deny overrides an allow, whether of a role or of the user. */
export function standing(permission: string, grants: readonly Grant[], rolePatterns: readonly string[]): Standing {
  const own = grants.filter((grant) => grant.resource === undefined && covers(grant.permission, permission));
  const deny = own.find(({ effect }) => effect === "deny");
  if (deny !== undefined) {
    const isExact = deny.permission === permission;
    const wider = own.find((grant) => grant.effect === "deny" && grant.permission !== permission);
    return wider !== undefined || !isExact
      ? { granted: false, source: "blocked", by: (wider ?? deny).permission }
      : { granted: false, source: "deny", by: permission };
  }
  const allow = own.find(({ effect }) => effect === "allow");
  if (allow !== undefined) return { granted: true, source: "allow", by: allow.permission };
  const role = rolePatterns.find((pattern) => covers(pattern, permission));
  return role === undefined ? { granted: false, source: "none" } : { granted: true, source: "role", by: role };
}

/**
 * The grants that reverse whether a user has a permission; none if a wider deny forbids
 * it, which must be removed explicitly.
 */
export function toggled(permission: string, grants: readonly Grant[], rolePatterns: readonly string[]): Grant[] | undefined {
  const now = standing(permission, grants, rolePatterns);
  if (now.source === "blocked") return undefined;
  const effect = now.granted ? "deny" : "allow";
  // First remove the grants of exactly this permission; add one only if necessary.
  const others = grants.filter((grant) => grant.permission !== permission || grant.resource !== undefined);
  const without = standing(permission, others, rolePatterns);
  return without.granted === now.granted ? [...others, { permission, effect }] : others;
}

/** The patterns of a role with one permission more or less; none if a wider pattern grants it. */
export function toggledPatterns(permission: string, patterns: readonly string[], all: readonly string[]): string[] | undefined {
  const page = `${permission.slice(0, permission.lastIndexOf(":"))}:*`;
  if (patterns.some((pattern) => pattern !== permission && pattern !== page && covers(pattern, permission))) return undefined;
  if (patterns.includes(page)) {
    // `invoice:*` without one permission is the list of the others.
    const rest = all.filter((name) => covers(page, name) && name !== permission);
    return [...new Set([...patterns.filter((pattern) => pattern !== page && pattern !== permission), ...rest])];
  }
  return patterns.includes(permission) ? patterns.filter((pattern) => pattern !== permission) : [...patterns, permission];
}
