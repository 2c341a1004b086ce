/** Finds the first look that a tag of the page has begun. */

import { FIRST_LOOK, type FirstLook, type Page } from "./look.js";
import { invalid } from "./options.js";
import type { PermissionsOptions } from "./types.js";

/** Options that change the request of the first load, or its decisions. */
const UNFIT = ["headers", "bootstrap", "tenant", "persist", "catalogue", "rolePermissions", "claims", "format", "dialect", "separator"] as const;

/** A document that is believed for a shorter time is not used by a first look, in milliseconds. */
const TTL_MIN_MS = 1_000;

/** The values of these options that change nothing. */
const DEFAULTS: readonly unknown[] = [undefined, null, "document", "segments", ":", false];

/**
 * The first look at this endpoint, if the page has one that has not been taken.
 *
 * @throws PermgateError `invalid-option` if the first look does not support an option
 */
export function findLook(options: PermissionsOptions, endpoint: string, credentials: RequestCredentials): FirstLook | undefined {
  if (typeof document !== "object") return undefined;
  const look = ((globalThis as Page)[FIRST_LOOK] ??= false);
  if (!look || look.address !== endpoint) return undefined;
  const { token, ttlMs = TTL_MIN_MS } = options;
  const unfit =
    UNFIT.find((name) => !DEFAULTS.includes(options[name])) ??
    (token !== undefined ? "token" : ttlMs < TTL_MIN_MS ? "ttlMs" : look.credentials !== credentials ? "credentials" : undefined);
  if (unfit === undefined) {
    if (options.ttlMs !== undefined) look.within(ttlMs);
    return look;
  }
  look.end();
  throw invalid(`the page has a tag for a first look at \`endpoint\`, which knows nothing of \`${unfit}\`; take out the tag`);
}
