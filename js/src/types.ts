/** The types that applications use: options, snapshots and events; decisions are in `decision.ts`. */

import type { Decision, Grant, Reason, Source } from "./decision.js";
import type { ErrorCode, PermgateError } from "./errors.js";
import type { WasmOption } from "./module.js";

export type { Decision, Grant, Provenance, Reason, Source } from "./decision.js";

/** The status of the permission set. Only `fresh` and `stale` grant anything. */
export type Status =
  /** Nothing was requested yet. */
  | "idle"
  /** No set is held, and the first answer is awaited. */
  | "loading"
  /** Up to date, as far as is known. */
  | "fresh"
  /** Perhaps out of date; it still answers while it is fetched again. */
  | "stale"
  /** Not renewed in time, and no longer believed. */
  | "expired"
  /** Nobody is signed in. */
  | "unauthenticated"
  /** No set is held, and the last attempt to load one failed; another attempt follows automatically. */
  | "failed";

/** The current set, frozen. The same object until something changes. */
export interface Snapshot {
  readonly status: Status;
  /** Whom the set is about, if the source says so. */
  readonly subject: string | null;
  readonly tenant: string | null;
  /** Rises with every change on the server. */
  readonly version: number | null;
  /** The permissions that are allowed on every resource, except those that were revoked since; may contain `*`. */
  readonly permissions: readonly string[];
  /** The permissions that are denied on every resource; may contain `*`. */
  readonly denied: readonly string[];
  /** The permissions that are allowed or denied on some resources. */
  readonly grants: readonly Grant[];
  /** Null if the source does not say, which is not the same as empty; the same holds for the next two. */
  readonly roles: readonly string[] | null;
  readonly groups: readonly string[] | null;
  /** The permissions that the user delegated to the application. */
  readonly scopes: readonly string[] | null;
  /** When the set becomes stale, in milliseconds since 1970; null when no set is held. */
  readonly freshUntil: number | null;
  /** When the set is no longer believed, in milliseconds since 1970; null when no set is held. */
  readonly expiresAt: number | null;
  /** Where the set came from; null when no set is held. */
  readonly source: Source | null;
  /** When the set was requested, in milliseconds since 1970; null when no set is held. */
  readonly askedAt: number | null;
}

/** A token, or a function that returns one. Null means that nobody is signed in. */
export type TokenSource =
  | string
  | null
  | (() => string | null | undefined | Promise<string | null | undefined>);

/** How the names of permissions are written. */
export interface Language {
  /**
   * How far a grant reaches: with `segments` (the default) `*` stands for one segment, and in the last place for one or
   * more; `shiro` is Apache Shiro's WildcardPermission; with `exact` there are no wildcards.
   */
  readonly dialect?: "segments" | "shiro" | "exact";
  /** The separator of segments; `:` by default. */
  readonly separator?: ":" | "." | "/";
}

/** The place of a claim in a token, and its format. */
export interface ClaimRule {
  /**
   * The keys that lead to the claim, outermost first, or a JSON Pointer (RFC 6901); names of claims may contain dots
   * and slashes. `{tenant}` as a key stands for the tenant. Empty for the claims themselves, of which each that is
   * `true` is a name.
   */
  readonly path: readonly string[] | `/${string}`;
  /** What the values are; permissions by default. */
  readonly target?: "permissions" | "denied" | "roles" | "groups" | "scopes";
  /** The format of the claim; `names` by default. */
  readonly shape?: "names" | "keys" | "flags" | "packed" | "uma" | "clerk-features";
  /** The names of the bits of a number, from the least significant; "" for an unused bit. */
  readonly flags?: readonly string[];
  /** The characters at which a string is split: white space and commas by default; "" if the string is one name. */
  readonly split?: string;
  /** Only names with this prefix are read, without the prefix. */
  readonly prefix?: string;
  /** Each name is added a second time with this prefix. */
  readonly also?: string;
  /** Names with one of these prefixes are left out. */
  readonly except?: readonly string[];
  /** The member of an object in an array that is the name; by default the first of `value`, `key`, `name`, `id`. */
  readonly member?: string;
  /** The claim may be absent: then its content is unknown. */
  readonly optional?: boolean;
  /** An absent claim counts as an empty one. */
  readonly absentIsEmpty?: boolean;
  /** The keys of the path are compared without regard to case. */
  readonly ignoreCase?: boolean;
  /** With `shape: "keys"` and a tenant: only keys whose value has the tenant as a key count. */
  readonly perTenant?: boolean;
}

/** Identity providers whose tokens have a preset. */
export type ClaimPreset =
  | "keycloak"
  | "keycloak-rpt"
  | "auth0"
  | "entra"
  | "okta"
  | "cognito"
  | "spring"
  | "clerk"
  | "workos"
  | "kinde"
  | "descope"
  | "zitadel"
  | "supabase"
  | "hasura"
  | "firebase"
  | "aspnet"
  | "rfc9068";

/** How to read a token: a preset, a preset with options, or a rule. */
export type Claims =
  | ClaimPreset
  | {
      readonly preset: ClaimPreset;
      /** The client whose roles are read (Keycloak), or the project (ZITADEL). */
      readonly client?: string;
      /**
       * Reads `scope` and `scp`, which requirements name as `scope(x)`. They are the permissions that the user
       * delegated to the application, not the user's own.
       */
      readonly scopes?: boolean;
      /** Absent claims count as empty ones, which is how some providers write that a user has none. */
      readonly absentIsEmpty?: boolean;
    }
  | ClaimRule;

/** All existing permissions. */
export interface Catalogue {
  /** Changes whenever the list changes. */
  readonly id: string;
  /** The names, in the order of the bits of a packed set. */
  readonly permissions: readonly string[];
}

/** The permissions of roles: names, or documents whose grants are read. */
export type RolePermissions = Readonly<Record<string, readonly string[] | object>>;

/** The result of `decodeUnverified`. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The result of `parseRequirement`. */
export type RequirementTree =
  | { readonly type: "permission" | "role" | "group" | "scope"; readonly name: string }
  | { readonly type: "not" | "all" | "any"; readonly of: readonly RequirementTree[] };

/** A request for which the option `headers` is called. */
export interface SignedRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** The last `DPoP-Nonce` of the origin, if it sent one (RFC 9449 §8). */
  readonly nonce?: string;
}

/** The options of `createPermissions`. At least one of the first three is needed. */
export interface PermissionsOptions extends Language {
  /** Answers `GET` with the permission document. */
  readonly endpoint?: string | URL;
  /**
   * A JWT from which the permissions are read; with an endpoint, the bearer token of its requests. It is decoded, never
   * verified: verifying is the server's task.
   */
  readonly token?: TokenSource;
  /**
   * A permission document in the page: no flash, and no request before it is stale. Null is the same as no option:
   * nobody is signed in, or the user is not known, and the endpoint answers.
   */
  readonly bootstrap?: object | null | undefined;
  /**
   * The claim of a token that names its user, if that is not `sub` (a string or an integer): the keys that lead to it,
   * outermost first, or a JSON Pointer (RFC 6901). Tokens with the same `iss` and the same name belong to the same
   * user. A token that names no user is presumed to belong to the previous one until the endpoint has answered.
   */
  readonly subjectClaim?: readonly string[] | `/${string}`;
  /** Where a token's permissions are; the claim `permissions` by default. */
  readonly claims?: Claims | readonly Claims[];
  /** The layout of the document's permissions; lists of names (`document`) by default. */
  readonly format?: "document" | "by-resource" | "by-action";
  /**
   * The first tenant. Requests to the endpoint contain it in place of `{tenant}` in the address, or else as the query
   * `?tenant=`.
   */
  readonly tenant?: string | null;
  /**
   * All existing permissions: for packed sets, and to find misspelled names. A function is called with each load.
   */
  readonly catalogue?: Catalogue | (() => Catalogue | Promise<Catalogue>);
  /** The permissions of each role, if the source has only roles. A function is called with each load. */
  readonly rolePermissions?: RolePermissions | (() => RolePermissions | Promise<RolePermissions>);
  /**
   * How long a set is fresh, in milliseconds from its request. 300 000 by default; clamped to between one second and
   * one day.
   */
  readonly ttlMs?: number;
  /** How long a stale set still answers, in milliseconds. 60 000 by default. */
  readonly staleMs?: number;
  /** The time-out of the endpoint, in milliseconds. 15 000 by default. */
  readonly timeoutMs?: number;
  /**
   * Ends the instance when it is aborted, as `dispose` does; if it is already aborted, `createPermissions` rejects
   * with its reason.
   */
  readonly signal?: AbortSignal;
  /** The credentials mode of requests to the endpoint. `same-origin` by default. */
  readonly credentials?: RequestCredentials;
  /**
   * Headers for the requests to the endpoint, to streams and long polls, and of `permissions.fetch` to trusted origins.
   * It is called for each request, and again if the server wants a nonce: enough to sign requests (DPoP, RFC 9449).
   * `Authorization` replaces the bearer token.
   */
  readonly headers?: (request: SignedRequest) => HeadersInit | Promise<HeadersInit>;
  readonly guard?: {
    /** Origins in addition to the page's own whose 401, 403 and `Permissions-Version` are evidence. */
    readonly origins?: readonly string[];
    /**
     * Also observes requests that do not use `permissions.fetch`: by `window.fetch`, and by `XMLHttpRequest` (which is
     * never replayed). Until `dispose`.
     */
    readonly patch?: readonly ("fetch" | "xhr")[];
    /**
     * Addresses that are left alone: they get no token, and their 401 is no evidence. For signing in. A relative
     * address belongs to the page; the whole path must be equal.
     */
    readonly ignore?: readonly string[];
  };
  /**
   * Called once when the credentials are refused, while the requests that met the 401 wait: let the user sign in, over
   * the page. A string is the new token, unless `token` is a function; null or false mean that nobody is signed in; any
   * other value means that the cookie is valid again, or that the function `token` returns a new token. After null or
   * false it is called again only after `refresh`, `setToken` or a sign-in. While it is pending, the function `token` may
   * return null.
   */
  readonly onUnauthenticated?: () => unknown;
  /** The same as `on("forbidden", …)`. */
  readonly onForbidden?: (refusal: Forbidden) => void;
  /** Where the server pushes changes, the best transport first: server-sent events, a WebSocket, long polls. */
  readonly push?:
    | false
    | {
        /** Server-sent events: by `EventSource` with cookies, by `fetch` with a token. */
        readonly events?: string | URL;
        /** A WebSocket; a token is sent in its first message. */
        readonly socket?: string | URL;
        /** Answers `?wait=25&version=42` when there is a newer version; true for the endpoint itself. */
        readonly poll?: string | URL | boolean;
      };
  /**
   * Whether tabs of this origin share one stream, and notify each other of changes and of signing out. True by default.
   */
  readonly tabs?: boolean;
  /**
   * Stores the document (never a token) in `sessionStorage`, for when the page is reloaded. It answers at once if a
   * token has the same subject; with a cookie, only when the endpoint has confirmed it. Off by default.
   */
  readonly persist?: "session" | false;
  /**
   * Modes in addition to `hide`, `disable`, `readonly`, `inert` and `remove`, by the name for `data-permission-mode`.
   */
  readonly modes?: Readonly<Record<string, PermissionMode>>;
  /**
   * Words reasons and errors in the user's language: called with the reason of a decision or the code of an error, and
   * with the parameters of the sentence. Without a result, or if it throws, the English sentence is used.
   */
  readonly messages?: Messages;
  /**
   * The WebAssembly module: the address of `permgate.wasm`, a `Response`, its bytes, a compiled module, or a promise of
   * one of these. Needed only if it is not found automatically. All instances share one module: the first instance
   * decides, and later ones use the running module.
   */
  readonly wasm?: WasmOption;
}

/** The parameters of a sentence. */
export interface MessageParameters {
  /** The English sentence. */
  readonly message: string;
  /** The requirement and the resource of the question; absent for errors, and for a mode. */
  readonly requirement?: string | undefined;
  readonly resource?: string | undefined;
  /** The part of the requirement that decided, and the grant. */
  readonly permission?: string | null;
  readonly grant?: Grant | null;
}

/** Returns the sentence for the reason of a decision, or for the code of an error. */
export type Messages = (code: Reason | ErrorCode, parameters: MessageParameters) => string | undefined;

/**
 * A mode of the application's own, for `data-permission-mode`: called with an element that is not granted and with the
 * decision, and again whenever the decision changes. The function that it returns undoes it; it is called before the
 * next call and when the element is granted or released. If it throws, the element is hidden.
 */
export type PermissionMode = (element: Element, decision: Decision) => (() => void) | undefined | void;

/** A refusal of the application's own request. */
export interface Forbidden {
  readonly url: string;
  /** The problem document (RFC 9457), where the server sent one. */
  readonly problem: Record<string, unknown> | null;
}

/** A request needs a stronger sign-in (RFC 9470); the set is kept. */
export interface StepUp {
  /** The acceptable ways of signing in, by preference, separated by spaces. */
  readonly acrValues: string | null;
  /** The greatest age of the sign-in, in seconds. */
  readonly maxAgeSeconds: number | null;
  readonly scope: string | null;
}

/** Why a load begins. */
export type LoadCause =
  | "start"
  | "ttl"
  | "retry"
  | "refresh"
  | "invalidated"
  | "credentials"
  | "tenant"
  | "401"
  | "403"
  /** The response to an observed request was redirected to a page. */
  | "redirect"
  | "version-header"
  /** The last answer was older than an announced version. */
  | "behind"
  | "push"
  /** A stream opened; messages before that may have been missed. */
  | "stream"
  | "visible"
  | "resumed"
  | "online"
  | "navigation"
  | "tab";

/** The activity of an instance, for time lines and tools. Later versions may add words. */
export type Activity =
  /** The source is asked. */
  | { readonly kind: "load"; readonly what: LoadCause }
  | {
      readonly kind: "stream";
      readonly what: "opening" | "open" | "closed" | "silent";
      readonly transport: "events" | "socket" | "poll";
      /** The likely reason of a silence. */
      readonly message?: string;
    }
  /** A message came by the stream: `version`, `revoked`, `session-revoked`. */
  | { readonly kind: "message"; readonly what: string }
  /** Another tab sent a message. */
  | { readonly kind: "tab"; readonly what: string }
  /** This tab begins or ceases to hold the stream for all tabs. */
  | { readonly kind: "leader"; readonly what: "gained" | "lost" };

/** The events for `on`. */
export interface PermissionsEvents {
  /** Answers may have changed. */
  change: Snapshot;
  status: Status;
  /** An error occurred; the set is unchanged. */
  error: PermgateError;
  /** The server answered 403 to a guarded request. */
  forbidden: Forbidden;
  /** A guarded request needs a stronger sign-in. */
  stepUp: StepUp;
  /** The instance did something. */
  activity: Activity;
}

/** A bound document, shadow root or element. */
export interface Binding {
  /** How many elements are bound. */
  readonly size: number;
  /** Reads all elements again, and writes every state again. */
  refresh(): void;
  /** The requirement of each bound element, and why it is shown or hidden: for tests and tools. */
  report(): readonly BoundElement[];
  /** Releases all elements, and leaves each as it was. */
  disconnect(): void;
}

/** An element that is bound. */
export interface BoundElement {
  readonly element: Element;
  /** The value of `data-permission`. */
  readonly requirement: string;
  /** The value of `data-permission-resource` of the element, or of the nearest element above it. */
  readonly resource: string | null;
  /** The value of `data-permission-mode`, likewise; `hide` by default. */
  readonly mode: string;
  readonly state: Decision["outcome"];
  readonly decision: Decision;
}
