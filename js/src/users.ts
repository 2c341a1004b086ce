/** Notices that another user is signed in, or nobody any more: what was loaded for the user before is not for that one. */

import type { AnyPermissions } from "./adapter.js";
import type { Snapshot, Status } from "./types.js";

/** Whose permissions are held: null when nobody is signed in, and undefined while that is not known. */
export type User = string | null | undefined;

/** The name of a user whom the source does not name. */
export const UNNAMED = "";

/** The parts of an instance that say who is signed in. */
export type Holding = Pick<AnyPermissions, "status" | "snapshot" | "subscribe">;

/** The user of a status and a snapshot. While a set is being loaded, the user may still be the same. */
export function userOf(status: Status, held: Pick<Snapshot, "source" | "subject"> | null): User {
  return status === "unauthenticated" ? null : held?.source ? (held.subject ?? UNNAMED) : undefined;
}

/**
 * Calls a function whenever another user is signed in, or nobody any more, in this tab or another. Returns a function
 * that stops that.
 */
export function followUserOf(permissions: Holding, changed: () => unknown): () => void {
  const now = () => userOf(permissions.status, permissions.snapshot());
  let last = now();
  return permissions.subscribe(() => {
    const user = now();
    if (user === undefined || user === last) return;
    const isFirst = last === undefined;
    last = user;
    if (!isFirst) changed();
  });
}
