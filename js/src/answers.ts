/** The values that applications get: frozen snapshots and decisions. */

import type { Engine } from "#glue";
import type { Decision, MessageParameters, Messages, Snapshot, Source } from "./types.js";

/** The snapshot when no set is held. */
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

/** The present snapshot. The module leaves out what has no value. */
export function snapshotOf(engine: Engine): Snapshot {
  return freeze({ ...NOTHING, ...(JSON.parse(engine.snapshot()) as Partial<Snapshot>) });
}

/** A decision as the module returns it, without the members that have no value. */
export interface Checked extends Pick<Decision, "outcome" | "reason" | "message">, Partial<Pick<Decision, "permission" | "grant">> {
  source?: Source;
  askedAt?: number;
  version?: number | null;
}

/** The decision as applications see it. */
export function shown({ source, askedAt, version = null, ...decision }: Checked): Decision {
  const isHeld = source !== undefined && askedAt !== undefined;
  const ageMs = Math.max(0, Date.now() - (askedAt ?? 0));
  return freeze({ permission: null, grant: null, ...decision, provenance: isHeld ? { source, askedAt, ageMs, version } : null });
}

/** The application's sentence for a reason or an error; the English one if it provides none. */
export function worded(messages: Messages | undefined, code: Parameters<Messages>[0], parameters: MessageParameters): string {
  try {
    const text = messages?.(code, parameters);
    if (typeof text === "string") return text;
  } catch (cause) {
    console.error(cause);
  }
  return parameters.message;
}

/** A decision with its message in the application's words. */
export function said(messages: Messages | undefined, decided: Decision, requirement?: string, resource?: string): Decision {
  if (!messages) return decided;
  const { message, reason, permission, grant } = decided;
  return freeze({ ...decided, message: worded(messages, reason, { message, requirement, resource, permission, grant }) });
}

/** A decision that was made without the module. */
export function decision(outcome: Decision["outcome"], reason: Decision["reason"], message: string): Decision {
  return freeze({ outcome, reason, permission: null, grant: null, message, provenance: null });
}

/** Freezes a value with everything in it. */
export function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
