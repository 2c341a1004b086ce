/** What grants mean, for display in the administration: which pattern covers which permission. */
import type { Grant } from "../api.ts";

/**
 * Whether a pattern covers a permission: `*` stands for one segment, at the end for one or more.
 * Only to draw other people's grants; what *you* may do is never decided here, but by permgate.
 */
export function covers(pattern: string, permission: string): boolean {
  const wanted = permission.split(":");
  const parts = pattern.split(":");
  if (parts.at(-1) === "*" ? wanted.length < parts.length : wanted.length !== parts.length) return false;
  return parts.every((part, index) => part === "*" || part === wanted[index]);
}

/** How somebody stands to a permission, and what decided it. */
export interface Standing {
  granted: boolean;
  /** `role` gives it, an own `allow` or `deny` decides it, a wider deny `blocked` it, or `none` does. */
  source: "role" | "allow" | "deny" | "blocked" | "none";
  /** The pattern that decided. */
  by?: string;
}

/** How a user stands to a permission; deny goes over allow, whichever side either comes from. */
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
 * The grants with which a user's standing is the opposite; none when a wider deny stands against
 * it, which is taken off by itself and not by the way.
 */
export function toggled(permission: string, grants: readonly Grant[], rolePatterns: readonly string[]): Grant[] | undefined {
  const now = standing(permission, grants, rolePatterns);
  if (now.source === "blocked") return undefined;
  const effect = now.granted ? "deny" : "allow";
  // First take off what was said about exactly this permission; add something only if need be.
  const others = grants.filter((grant) => grant.permission !== permission || grant.resource !== undefined);
  const without = standing(permission, others, rolePatterns);
  return without.granted === now.granted ? [...others, { permission, effect }] : others;
}

/** The patterns of a role with one permission more or less; none where a wider pattern gives it. */
export function toggledPatterns(permission: string, patterns: readonly string[], all: readonly string[]): string[] | undefined {
  const page = `${permission.slice(0, permission.lastIndexOf(":"))}:*`;
  if (patterns.some((pattern) => pattern !== permission && pattern !== page && covers(pattern, permission))) return undefined;
  if (patterns.includes(page)) {
    // `invoice:*` less one is the others by name.
    const rest = all.filter((name) => covers(page, name) && name !== permission);
    return [...new Set([...patterns.filter((pattern) => pattern !== page && pattern !== permission), ...rest])];
  }
  return patterns.includes(permission) ? patterns.filter((pattern) => pattern !== permission) : [...patterns, permission];
}
