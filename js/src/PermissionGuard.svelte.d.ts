/** The types of the component `PermissionGuard`, which applications compile themselves. */

import type { Component, Snippet } from "svelte";
import type { WrittenRequirement } from "./names.js";
import type { Status } from "./types.js";

/** The properties of `<PermissionGuard>`. */
export interface PermissionGuardProps {
  /** The requirement. */
  readonly do: WrittenRequirement;
  /** The resource of the question. */
  readonly on?: string | undefined;
  /** Asks whether `do`, a permission, is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean | undefined;
  readonly children?: Snippet;
  /** Shown while the answer is unknown: gets the status, and a function that tries again after a failure. */
  readonly fallback?: Snippet<[{ readonly status: Status; readonly retry: () => void }]>;
  /** Shown in place of a page that is denied. */
  readonly denied?: Snippet;
  /** Shown when nobody is signed in; by default `denied`. */
  readonly unauthenticated?: Snippet;
}

declare const PermissionGuard: Component<PermissionGuardProps>;
export default PermissionGuard;
