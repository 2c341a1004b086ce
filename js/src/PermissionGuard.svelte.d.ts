/** The types of the component `PermissionGuard`, which applications compile themselves. */

import type { Component, Snippet } from "svelte";
import type { WrittenRequirement } from "./names.js";
import type { Status } from "./types.js";

/** The properties of `<PermissionGuard>`. */
export interface PermissionGuardProps {
  /** The requirement. */
  readonly do: WrittenRequirement;
  /** The resource that it is about. */
  readonly on?: string | undefined;
  readonly children?: Snippet;
  /** What is shown while the answer is not known: it gets the status, and how to try again after a failure. */
  readonly fallback?: Snippet<[{ readonly status: Status; readonly retry: () => void }]>;
  /** What is shown in the place of a page that is denied. */
  readonly denied?: Snippet;
  /** The same when nobody is signed in; `denied` unless given. */
  readonly unauthenticated?: Snippet;
}

declare const PermissionGuard: Component<PermissionGuardProps>;
export default PermissionGuard;
