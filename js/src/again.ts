/** With which options an instance begins anew after a crash: nothing is granted by what was held before. */

import type { PermissionsOptions, Snapshot, TokenSource } from "./types.js";

/** The shortest time that the core takes for how long a set is fresh, in milliseconds. */
const TTL_MIN_MS = 1000;

/** What an instance has become since it was made. */
export interface Now {
  readonly token: TokenSource;
  readonly tenant: string | null;
  /** What was last held, where nothing but the bootstrap tells it. */
  readonly last: Snapshot | undefined;
}

/** The options; undefined where there is nobody to ask for a fresh set. */
export function optionsAgain(options: PermissionsOptions, { token, tenant, last }: Now): PermissionsOptions | undefined {
  const { bootstrap, claims, ...rest } = options;
  const again: PermissionsOptions = { ...rest, tenant, ...(token === null && options.token === undefined ? {} : { token }) };
  // The endpoint may know of a revocation that the token does not.
  if (again.endpoint !== undefined) return again;
  if (again.token !== undefined) return claims === undefined ? again : { ...again, claims };
  // A bootstrap counts no longer than it would have.
  const [fresh, left] = [last?.freshUntil, last?.expiresAt].map((moment) => (moment ?? 0) - Date.now()) as [number, number];
  const ttlMs = Math.max(TTL_MIN_MS, fresh);
  return bootstrap && left >= ttlMs ? { ...again, bootstrap, ttlMs, staleMs: left - ttlMs } : undefined;
}

/** Whether nothing but the bootstrap tells what is granted. */
export function isBootstrapAlone(options: PermissionsOptions, token: TokenSource): boolean {
  return options.endpoint === undefined && options.token === undefined && token === null;
}
