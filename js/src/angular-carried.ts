/** The state that a page rendered by Angular's server carries to the browser: the permission document, and its answers during the rendering. */

import { REQUEST_CONTEXT, RESPONSE_INIT, TransferState, inject, makeStateKey } from "@angular/core";
import type { Dehydrated } from "./dehydrated.js";

const KEY = makeStateKey<Dehydrated | null>("permgate");

/** The second argument of `handle(request, context)` of `@angular/ssr`: the permissions of the request's user. */
export interface PermgateRequestContext {
  /** From `evaluate` of `permgate/server`. */
  readonly permissions: { dehydrate(): Dehydrated };
}

/**
 * On a server, the permissions of the request's context, which are written into the rendered page; in the browser, the
 * state that the page carries. Null if there is none.
 */
export function carried(isBrowser: boolean): Dehydrated | null {
  const state = inject(TransferState);
  if (isBrowser) {
    const found = state.get(KEY, null);
    // An application that starts later in the same page does not get it.
    state.remove(KEY);
    return found;
  }
  const { permissions } = (inject(REQUEST_CONTEXT, { optional: true }) ?? {}) as Partial<PermgateRequestContext>;
  if (!permissions?.dehydrate) return null;
  state.onSerialize(KEY, () => permissions.dehydrate());
  // The page belongs to one user.
  const headers = inject(RESPONSE_INIT, { optional: true })?.headers;
  if (headers instanceof Headers) headers.set("cache-control", "private, no-store");
  return permissions.dehydrate();
}
