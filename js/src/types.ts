/** What the application sees: options, snapshots and events; decisions are in `decision.ts`. */

import type { Decision, Grant, Reason, Source } from "./decision.js";
import type { ErrorCode, PermgateError } from "./errors.js";
import type { WasmOption } from "./module.js";

export type { Decision, Grant, Provenance, Reason, Source } from "./decision.js";

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

/** What is held, frozen. The same object until something changes. */
export interface Snapshot {
  readonly status: Status;
  /** Whom it is about, where the source says. */
  readonly subject: string | null;
  readonly tenant: string | null;
  /** Counts up with every change on the server. */
  readonly version: number | null;
  /** What is allowed on every resource, but for what was revoked since; may hold `*`. */
  readonly permissions: readonly string[];
  /** What is denied on every resource; may hold `*`. */
  readonly denied: readonly string[];
  /** What is allowed or denied on some resources. */
  readonly grants: readonly Grant[];
  /** Null when the source does not say, which is not the same as none; so are the next two. */
  readonly roles: readonly string[] | null;
  readonly groups: readonly string[] | null;
  /** What the user let the application do. */
  readonly scopes: readonly string[] | null;
  /** When it becomes stale, in milliseconds since 1970; null when nothing is held. */
  readonly freshUntil: number | null;
  /** When it is no longer believed, in milliseconds since 1970; null when nothing is held. */
  readonly expiresAt: number | null;
  /** Where it came from; null when nothing is held. */
  readonly source: Source | null;
  /** When it was asked for, in milliseconds since 1970; null when nothing is held. */
  readonly askedAt: number | null;
}

/** A token, or how to get one. Null means that nobody is signed in. */
export type TokenSource =
  | string
  | null
  | (() => string | null | undefined | Promise<string | null | undefined>);

/** How the names of permissions are written. */
export interface Language {
  /**
   * What a grant covers: with `segments` (the default) `*` stands for one segment, as the last one
   * for one or more; `shiro` is Apache Shiro's WildcardPermission; with `exact` there are no
   * wildcards.
   */
  readonly dialect?: "segments" | "shiro" | "exact";
  /** What separates the segments; `:` unless given. */
  readonly separator?: ":" | "." | "/";
}

/** Where in a token's claims something is written, and what it looks like there. */
export interface ClaimRule {
  /**
   * The keys that lead to the claim, outermost first, or a JSON Pointer (RFC 6901); names of claims
   * may hold dots and slashes. `{tenant}` as a key stands for the tenant. Empty for the claims
   * themselves, of which each that is `true` is a name.
   */
  readonly path: readonly string[] | `/${string}`;
  /** What the values are; permissions unless it is said. */
  readonly target?: "permissions" | "denied" | "roles" | "groups" | "scopes";
  /** What the claim looks like; `names` unless it is said. */
  readonly shape?: "names" | "keys" | "flags" | "packed" | "uma" | "clerk-features";
  /** The names of the bits of a number, from the least significant; "" for one that is not used. */
  readonly flags?: readonly string[];
  /** What a string is split at: white space and commas unless given; "" for one that is one name. */
  readonly split?: string;
  /** Only names that begin with this are read, and it is taken off. */
  readonly prefix?: string;
  /** Each name is told a second time with this before it. */
  readonly also?: string;
  /** Names that begin with one of these are left out. */
  readonly except?: readonly string[];
  /** Which member of an object in an array is the name; the first of `value`, `key`, `name`, `id`. */
  readonly member?: string;
  /** The claim may be absent: then nothing is known of it. */
  readonly optional?: boolean;
  /** An absent claim is an empty one. */
  readonly absentIsEmpty?: boolean;
  /** The keys of the path are compared without regard to case. */
  readonly ignoreCase?: boolean;
  /** With `shape: "keys"` and a tenant: only keys whose value has the tenant as a key count. */
  readonly perTenant?: boolean;
}

/** Identity providers whose tokens are known. */
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

/** How to read a token: by a preset, by a preset with options, or by a rule. */
export type Claims =
  | ClaimPreset
  | {
      readonly preset: ClaimPreset;
      /** The client whose roles are read (Keycloak), or the project (ZITADEL). */
      readonly client?: string;
      /**
       * Reads `scope` and `scp`, to be asked for as `scope(x)`. They are what the user let the
       * application do, not what the user may do.
       */
      readonly scopes?: boolean;
      /** Absent claims are empty ones, as providers that leave out what a user has none of mean it. */
      readonly absentIsEmpty?: boolean;
    }
  | ClaimRule;

/** All permissions that there are. */
export interface Catalogue {
  /** Changes whenever the list does. */
  readonly id: string;
  /** The names, in the order of the bits of a packed set. */
  readonly permissions: readonly string[];
}

/** What roles stand for: names, or documents of which the grants are read. */
export type RolePermissions = Readonly<Record<string, readonly string[] | object>>;

/** What `decodeUnverified` gives. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What `parseRequirement` gives. */
export type RequirementTree =
  | { readonly type: "permission" | "role" | "group" | "scope"; readonly name: string }
  | { readonly type: "not" | "all" | "any"; readonly of: readonly RequirementTree[] };

/** A request that the option `headers` is asked about. */
export interface SignedRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** The `DPoP-Nonce` that the origin answered last, if it did (RFC 9449 §8). */
  readonly nonce?: string;
}

/** What can be given to `createPermissions`. At least one of the first three. */
export interface PermissionsOptions extends Language {
  /** Answers `GET` with the permission document. */
  readonly endpoint?: string | URL;
  /**
   * A JWT to read the permissions from; with an endpoint, the bearer token to ask it with. It is
   * decoded, never verified: that is for the server to do.
   */
  readonly token?: TokenSource;
  /**
   * A permission document that the page carries: no flash, and no request before it is stale. Null is
   * as if it were not given: nobody is signed in, or it is not known, and the endpoint tells.
   */
  readonly bootstrap?: object | null | undefined;
  /**
   * Which claim of a token names its user, where that is not `sub` (a string or an integer): the keys
   * that lead to it, outermost first, or a JSON Pointer (RFC 6901). Tokens with the same `iss` that
   * name the same user are the same user's. Where a token names nobody, its user is presumed to be
   * the one before until the endpoint has answered.
   */
  readonly subjectClaim?: readonly string[] | `/${string}`;
  /** Where a token's permissions are written; the claim `permissions` unless it is said. */
  readonly claims?: Claims | readonly Claims[];
  /** What the document's permissions look like: lists of names (`document`) unless it is said. */
  readonly format?: "document" | "by-resource" | "by-action";
  /**
   * The tenant to begin with. The endpoint is asked for it in the place of `{tenant}` in its
   * address, or else by the query `?tenant=`.
   */
  readonly tenant?: string | null;
  /**
   * All permissions that there are: for packed sets, and to find names that are misspelled. A
   * function is asked with each load.
   */
  readonly catalogue?: Catalogue | (() => Catalogue | Promise<Catalogue>);
  /** What the roles stand for, where the source tells only roles. A function is asked with each load. */
  readonly rolePermissions?: RolePermissions | (() => RolePermissions | Promise<RolePermissions>);
  /**
   * How long a set is fresh, in milliseconds from when it was asked for. 300 000 unless given;
   * forced to between one second and one day.
   */
  readonly ttlMs?: number;
  /** How long a stale set still answers, in milliseconds. 60 000 unless given. */
  readonly staleMs?: number;
  /** How long the endpoint may take, in milliseconds. 15 000 unless given. */
  readonly timeoutMs?: number;
  /** Ends the instance when it is aborted, as `dispose` does; `createPermissions` rejects with its reason if it is already. */
  readonly signal?: AbortSignal;
  /** Which credentials the endpoint is asked with. `same-origin` unless given. */
  readonly credentials?: RequestCredentials;
  /**
   * Headers for the requests to the endpoint, to streams and long polls, and of `permissions.fetch` to
   * trusted origins. It is asked for each request, and again where the server wants a nonce: enough to
   * sign requests (DPoP, RFC 9449). `Authorization` takes the place of the bearer token.
   */
  readonly headers?: (request: SignedRequest) => HeadersInit | Promise<HeadersInit>;
  readonly guard?: {
    /** Origins beside the page's own whose 401, 403 and `Permissions-Version` count. */
    readonly origins?: readonly string[];
    /**
     * Watches also requests that do not go through `permissions.fetch`: by `window.fetch`, and by
     * `XMLHttpRequest` (which is never sent again). Until `dispose`.
     */
    readonly patch?: readonly ("fetch" | "xhr")[];
    /**
     * Addresses that are left alone: they get no token, and their 401 says nothing. For signing in.
     * A relative one is the page's; the whole path has to be the same.
     */
    readonly ignore?: readonly string[];
  };
  /**
   * Asked once when the credentials are refused, while the requests that met the 401 wait: let the
   * user sign in, over the page. A string is the new token, unless `token` is a function; null or
   * false say that nobody is signed in; anything else that the cookie is good again, or that the
   * function `token` gives a new one. After null or false it is asked again when there was something
   * new: `refresh`, `setToken`, a sign-in.
   */
  readonly onUnauthenticated?: () => unknown;
  /** The same as `on("forbidden", …)`. */
  readonly onForbidden?: (refusal: Forbidden) => void;
  /** Where the server tells of changes, the best way first: server-sent events, a WebSocket, long polls. */
  readonly push?:
    | false
    | {
        /** Server-sent events: by `EventSource` with cookies, by `fetch` with a token. */
        readonly events?: string | URL;
        /** A WebSocket; a token goes in its first message. */
        readonly socket?: string | URL;
        /** Answers `?wait=25&version=42` when there is something newer; true for the endpoint itself. */
        readonly poll?: string | URL | boolean;
      };
  /**
   * Whether tabs of this origin share one stream, and tell each other of changes and of signing out.
   * True unless given.
   */
  readonly tabs?: boolean;
  /**
   * Keeps the document (never a token) in `sessionStorage`, for when the page is loaded again. It
   * answers at once where a token says that it is the same subject's; with a cookie, once the
   * endpoint has confirmed it. Off unless given.
   */
  readonly persist?: "session" | false;
  /**
   * Modes beside `hide`, `disable`, `readonly`, `inert` and `remove`, by the name that stands in
   * `data-permission-mode`.
   */
  readonly modes?: Readonly<Record<string, PermissionMode>>;
  /**
   * Says reasons and errors in the user's language: called with the reason of a decision or the code of an error, and
   * with what the sentence is about. Without a text, or where it throws, the English sentence stays.
   */
  readonly messages?: Messages;
  /**
   * How to get the WebAssembly module: the address of `permgate.wasm`, a `Response`, its bytes, a
   * compiled module, or a promise of one of these. Needed only where it is not found by itself. All
   * instances share one module: the first that is created decides, and later ones use what runs.
   */
  readonly wasm?: WasmOption;
}

/** What a sentence is about. */
export interface MessageParameters {
  /** The English sentence. */
  readonly message: string;
  /** The requirement and the resource that were asked about; absent for errors, and for a mode. */
  readonly requirement?: string | undefined;
  readonly resource?: string | undefined;
  /** The part of the requirement that decided, and the grant. */
  readonly permission?: string | null;
  readonly grant?: Grant | null;
}

/** Gives the sentence for the reason of a decision, or for the code of an error. */
export type Messages = (code: Reason | ErrorCode, parameters: MessageParameters) => string | undefined;

/**
 * A mode of the application's own, for `data-permission-mode`: called with an element that is not
 * granted, and with the decision; again whenever that is another one. What it gives back undoes it,
 * and is called before the next call and when the element is granted or let go of. If it throws, the
 * element is hidden.
 */
export type PermissionMode = (element: Element, decision: Decision) => (() => void) | undefined | void;

/** A refusal of the application's own request. */
export interface Forbidden {
  readonly url: string;
  /** The problem document (RFC 9457), where the server sent one. */
  readonly problem: Record<string, unknown> | null;
}

/** A request needs a stronger sign-in (RFC 9470); what is held stays. */
export interface StepUp {
  /** Which ways of signing in would do, by preference, separated by spaces. */
  readonly acrValues: string | null;
  /** How long ago the sign-in may be, in seconds. */
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
  /** An answer to a watched request was redirected to a page. */
  | "redirect"
  | "version-header"
  /** The last answer was older than an announced version. */
  | "behind"
  | "push"
  /** A stream opened; what it would have said before is not known. */
  | "stream"
  | "visible"
  | "resumed"
  | "online"
  | "navigation"
  | "tab";

/** What goes on, for time lines and tools. There may be more words in later versions. */
export type Activity =
  /** The source is asked. */
  | { readonly kind: "load"; readonly what: LoadCause }
  | {
      readonly kind: "stream";
      readonly what: "opening" | "open" | "closed" | "silent";
      readonly transport: "events" | "socket" | "poll";
      /** What may be the reason of a silence. */
      readonly message?: string;
    }
  /** A message came by the stream: `version`, `revoked`, `session-revoked`. */
  | { readonly kind: "message"; readonly what: string }
  /** Another tab said something. */
  | { readonly kind: "tab"; readonly what: string }
  /** This tab holds the stream for all, or does so no longer. */
  | { readonly kind: "leader"; readonly what: "gained" | "lost" };

/** What `on` tells. */
export interface PermissionsEvents {
  /** Answers may be different. */
  change: Snapshot;
  status: Status;
  /** Something went wrong; what is held stays as it was. */
  error: PermgateError;
  /** The server answered 403 to a guarded request. */
  forbidden: Forbidden;
  /** A guarded request needs a stronger sign-in. */
  stepUp: StepUp;
  /** What goes on. */
  activity: Activity;
}

/** A bound document, shadow root or element. */
export interface Binding {
  /** How many elements are bound. */
  readonly size: number;
  /** Looks at all of it again, and writes every state again. */
  refresh(): void;
  /** What each bound element asks for, and why it is shown or not: for tests and tools. */
  report(): readonly BoundElement[];
  /** Lets go, and leaves every element as it was. */
  disconnect(): void;
}

/** An element that is bound. */
export interface BoundElement {
  readonly element: Element;
  /** What stands in `data-permission`. */
  readonly requirement: string;
  /** From `data-permission-resource`, its own or that of the nearest element above it. */
  readonly resource: string | null;
  /** From `data-permission-mode`, likewise; `hide` unless given. */
  readonly mode: string;
  readonly state: Decision["outcome"];
  readonly decision: Decision;
}
