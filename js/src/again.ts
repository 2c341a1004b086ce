/** The options with which an instance starts again after a crash: its earlier set grants nothing. */

import type { PermissionsOptions, Snapshot, TokenSource } from "./types.js";

/** The shortest time that the core accepts for the freshness of a set, in milliseconds. */
const TTL_MIN_MS = 1000;

/** The state of an instance that has changed since it was made. */
export interface Now {
  readonly token: TokenSource;
  readonly tenant: string | null;
  /** The last set, if only the bootstrap provides one. */
  readonly last: Snapshot | undefined;
}

/** The options; undefined if there is no source for a fresh set. */
export function optionsAgain(options: PermissionsOptions, { token, tenant, last }: Now): PermissionsOptions | undefined {
  const { bootstrap, claims, ...rest } = options;
  const again: PermissionsOptions = { ...rest, tenant, ...(token === null && options.token === undefined ? {} : { token }) };
  // The endpoint may know of a revocation that the token does not contain.
  if (again.endpoint !== undefined) return again;
  if (again.token !== undefined) return claims === undefined ? again : { ...again, claims };
  // A bootstrap is believed for no longer than before.
  const [fresh, left] = [last?.freshUntil, last?.expiresAt].map((moment) => (moment ?? 0) - Date.now()) as [number, number];
  const ttlMs = Math.max(TTL_MIN_MS, fresh);
  return bootstrap && left >= ttlMs ? { ...again, bootstrap, ttlMs, staleMs: left - ttlMs } : undefined;
}

/** Whether the bootstrap is the only source. */
export function isBootstrapAlone(options: PermissionsOptions, token: TokenSource): boolean {
  return options.endpoint === undefined && options.token === undefined && token === null;
}
