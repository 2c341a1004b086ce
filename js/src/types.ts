/** What the application sees: options, snapshots, decisions and events. */

import type { PermgateError } from "./errors.js";

/** How the permission set stands. Only `fresh` and `stale` grant anything. */
export type Status =
  /** Nothing was asked for yet. */
  | "idle"
  /** Nothing is held, and the first answer is awaited. */
  | "loading"
  /** Up to date, as far as anyone knows. */
  | "fresh"
  /** Perhaps out of date; it still answers while it is fetched again. */
  | "stale"
  /** Not renewed in time, and no longer believed. */
  | "expired"
  /** Nobody is signed in. */
  | "unauthenticated"
  /** Nothing is held, and the last attempt to get it failed; another follows by itself. */
  | "failed";

/** A grant, in the words of the permission document. */
export interface Grant {
  /** A permission, in which `*` may stand for segments. */
  readonly permission: string;
  /** The resources that it is limited to; absent when it covers all. */
  readonly resource?: string;
  readonly effect: "allow" | "deny";
}

/** What is held, frozen. The same object until something changes. */
export interface Snapshot {
  readonly status: Status;
  /** Whom it is about, where the source says. */
  readonly subject: string | null;
  readonly tenant: string | null;
  /** Counts up with every change on the server. */
  readonly version: number | null;
  /** What is allowed on every resource; may hold `*`. */
  readonly permissions: readonly string[];
  /** What is denied on every resource; may hold `*`. */
  readonly denied: readonly string[];
  /** What is allowed or denied on some resources. */
  readonly grants: readonly Grant[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** When it becomes stale, in milliseconds since 1970; null when nothing is held. */
  readonly freshUntil: number | null;
  /** When it is no longer believed, in milliseconds since 1970; null when nothing is held. */
  readonly expiresAt: number | null;
}

/** Why a decision is what it is. */
export type Reason =
  | "granted-by"
  | "denied-by"
  | "member"
  | "not-granted"
  | "not-loaded"
  | "expired"
  | "unauthenticated"
  | "malformed-requirement"
  | "crashed";

/** A decision with its reason. */
export interface Decision {
  /** Only `granted` permits anything. */
  readonly outcome: "granted" | "denied" | "unknown";
  readonly reason: Reason;
  /** The part of the requirement that decided. */
  readonly permission: string | null;
  /** The grant that decided. */
  readonly grant: Grant | null;
  /** One English sentence, for people who look for the reason. */
  readonly message: string;
}

/** A token, or how to get one. Null means that nobody is signed in. */
export type TokenSource =
  | string
  | null
  | (() => string | null | undefined | Promise<string | null | undefined>);

/** Where in a token's claims something is written. */
export interface ClaimRule {
  /** The keys that lead to the claim, outermost first; claim names may hold dots and slashes. */
  readonly path: readonly string[];
  /** What the values are; permissions unless it is said. */
  readonly target?: "permissions" | "roles" | "groups";
  /** Only names that begin with this are read, and it is taken off. */
  readonly prefix?: string;
}

/** What can be given to `createPermissions`. At least one of the first three. */
export interface PermissionsOptions {
  /** Answers `GET` with the permission document. */
  readonly endpoint?: string | URL;
  /**
   * A JWT to read the permissions from; with an endpoint, the bearer token to ask it with. It is
   * decoded, never verified: that is for the server to do.
   */
  readonly token?: TokenSource;
  /** A permission document that the page carries: no flash, no request. */
  readonly bootstrap?: object;
  /** Where a token's permissions are written; the claim `permissions` unless it is said. */
  readonly claims?: ClaimRule | readonly ClaimRule[];
  /**
   * How long a set is fresh, in milliseconds from when it was asked for. 300 000 unless given;
   * forced to between one second and one day.
   */
  readonly ttlMs?: number;
  /** How long a stale set still answers, in milliseconds. 60 000 unless given. */
  readonly staleMs?: number;
  /** How long the endpoint may take, in milliseconds. 15 000 unless given. */
  readonly timeoutMs?: number;
  /** Which credentials the endpoint is asked with. `same-origin` unless given. */
  readonly credentials?: RequestCredentials;
  /** Headers for requests to the endpoint. */
  readonly headers?: () => HeadersInit | Promise<HeadersInit>;
  readonly guard?: {
    /** Origins beside the page's own whose 401, 403 and `Permissions-Version` count. */
    readonly origins?: readonly string[];
  };
}

/** A refusal of the application's own request. */
export interface Forbidden {
  readonly url: string;
  /** The problem document (RFC 9457), where the server sent one. */
  readonly problem: Record<string, unknown> | null;
}

/** What `on` tells. */
export interface PermissionsEvents {
  /** Answers may be different. */
  change: Snapshot;
  status: Status;
  /** Something went wrong; what is held stays as it was. */
  error: PermgateError;
  /** The server answered 403 to a guarded request. */
  forbidden: Forbidden;
}

/** A bound document, shadow root or element. */
export interface Binding {
  /** How many elements are bound. */
  readonly size: number;
  /** Looks at all of it again. */
  refresh(): void;
  /** Lets go, and leaves every element as it was. */
  disconnect(): void;
}
