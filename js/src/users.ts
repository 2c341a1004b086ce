/** Notices that another user is signed in, or nobody any more: what was loaded for the user before is not for that one. */

import type { AnyPermissions } from "./adapter.js";
import type { Dehydrated } from "./dehydrated.js";
import type { Snapshot, Status } from "./types.js";

/** Whose permissions are held: null when nobody is signed in, and undefined while that is not known. */
export type User = string | null | undefined;

/** The name of a user whom the source does not name. */
export const UNNAMED = "";

/** The parts of an instance that say who is signed in. */
export type Holding = Pick<AnyPermissions, "status" | "snapshot" | "subscribe">;

/** The user of a status and a snapshot. While a set is being loaded, that is `last`: the user may still be the same. */
export function userOf(status: Status, held: Pick<Snapshot, "source" | "subject"> | null, last?: User): User {
  return status === "unauthenticated" ? null : held?.source ? (held.subject ?? UNNAMED) : last;
}

/** The user for whom a server rendered a page; undefined for a page without answers of a server. */
export function renderedFor(dehydrated: Dehydrated | null | undefined): User {
  if (!dehydrated) return undefined;
  return dehydrated.document === null ? null : (dehydrated.subject ?? UNNAMED);
}

/**
 * Calls a function whenever another user is signed in, or nobody any more, in this tab or another; also at once, if
 * that is so already. `last` is the user before, if that is known. Returns a function that stops that, and returns the
 * last user.
 */
export function followUserOf(permissions: Holding, changed: () => unknown, last?: User): () => User {
  const look = () => {
    const before = last;
    last = userOf(permissions.status, permissions.snapshot(), last);
    if (before !== undefined && last !== before) changed();
  };
  const stop = permissions.subscribe(look);
  look();
  return () => {
    stop();
    return last;
  };
}
