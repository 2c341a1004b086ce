/** The options of a back end: how senders are identified, how documents are loaded, and how other nodes are notified. */

import { PermgateError, type Reading } from "../decide.js";
import type { Bus } from "./bus.js";

/** A request in the form of `Request`; the bridges for Node.js read its headers only when they are needed. */
export type IncomingRequest = Pick<Request, "method" | "url" | "headers" | "signal">;

/** The sender of a request. */
export interface Identity {
  /** The user, under a name that never changes and is never given to another user. */
  readonly subject: string;
  /** The tenant that the request is about, if there are tenants. */
  readonly tenant?: string | null | undefined;
  /** Identifies the session, so that `ended` can end only its streams. */
  readonly session?: string | null | undefined;
  /** When the credentials expire, in milliseconds since 1970: streams end then. */
  readonly expiresAt?: number | null | undefined;
}

/**
 * A user's document in the format of the contract: with `version`, and at least one of `permissions`, `grants`,
 * `packed`.
 */
export type PermissionDocument = { readonly version?: number; readonly subject?: string; readonly [key: string]: unknown };

type Awaitable<Value> = Value | PromiseLike<Value>;

/** The options of a back end. `Context` is the framework's own object for a request: Express' `req`, Hono's `c`. */
export interface BackendOptions<Context = unknown> extends Omit<Reading, "tenant"> {
  /**
   * Identifies the sender; null when nobody is signed in or the credentials are not valid. All authentication happens
   * here.
   */
  readonly identify: (request: IncomingRequest, context: Context) => Awaitable<Identity | null | undefined>;
  /** The committed document of a user; null when there is no such user. Called for each request. */
  readonly load: (subject: string, identity: Identity) => Awaitable<PermissionDocument | readonly string[] | null | undefined>;
  /**
   * The versions of several users in one call, for after a gap of the bus; without it, `load` is called for each of
   * them.
   */
  readonly versions?: (subjects: readonly string[]) => Awaitable<ReadonlyMap<string, number> | Readonly<Record<string, number>>>;
  /** How old a loaded document may be, in milliseconds. 0 by default: each request loads. */
  readonly maxAgeMs?: number;
  /** Notifies the other nodes; without it there is only one node. */
  readonly bus?: Bus;
  /** The origins of foreign pages that may call with credentials, such as `https://app.example`. */
  readonly origins?: readonly string[];
  /** How often streams send a heartbeat, in milliseconds. 15 000 by default. */
  readonly heartbeatMs?: number;
  /** How many streams and long polls one user may have open on this node. 50 by default. */
  readonly streamsPerSubject?: number;
  /** The value of `WWW-Authenticate` with a 401. `Bearer` by default. */
  readonly challenge?: string;
  /** Called for each error, at most once a minute; by default errors are written to the console. */
  readonly onError?: (error: PermgateError) => void;
}

const OPTIONS: readonly (keyof BackendOptions)[] = [
  "bus",
  "catalogue",
  "challenge",
  "dialect",
  "format",
  "heartbeatMs",
  "identify",
  "load",
  "maxAgeMs",
  "onError",
  "origins",
  "rolePermissions",
  "separator",
  "streamsPerSubject",
  "versions",
];

/** Options with all defaults. */
export interface Settings<Context> extends BackendOptions<Context> {
  readonly maxAgeMs: number;
  readonly origins: readonly string[];
  readonly heartbeatMs: number;
  readonly streamsPerSubject: number;
  readonly challenge: string;
}

/**
 * Checks options; the module checks those about reading documents.
 *
 * @throws PermgateError `invalid-option`
 */
export function settingsOf<Context>(options: BackendOptions<Context>): Settings<Context> {
  if (typeof options !== "object" || options === null) throw invalid("createBackend needs an object with `identify` and `load`");
  for (const name of Object.keys(options)) {
    if (!(OPTIONS as readonly string[]).includes(name)) throw invalid(`there is no option \`${name}\`; is it spelled right? There are ${OPTIONS.join(", ")}`);
  }
  const { identify, load, versions, onError, bus, origins = [], challenge = "Bearer" } = options;
  for (const [name, value] of Object.entries({ identify, load, ...(versions && { versions }), ...(onError && { onError }) })) {
    if (typeof value !== "function") throw invalid(`\`${name}\` must be a function`);
  }
  if (bus !== undefined && [bus?.publish, bus?.subscribe].some((method) => typeof method !== "function")) {
    throw invalid("`bus` must be one, such as `redisBus(client)`");
  }
  if (!Array.isArray(origins) || !origins.every(isOrigin)) throw invalid("`origins` must be an array of origins such as `https://app.example`");
  if (typeof challenge !== "string" || !/^[!-~][ -~]*$/.test(challenge)) throw invalid("`challenge` must be a value of `WWW-Authenticate`, such as `Bearer`");
  return {
    ...options,
    origins,
    challenge,
    maxAgeMs: numberOf(options, "maxAgeMs", 0, [0, 60_000]),
    heartbeatMs: numberOf(options, "heartbeatMs", 15_000, [10, 30_000]),
    streamsPerSubject: numberOf(options, "streamsPerSubject", 50, [1, 100_000]),
  };
}

function numberOf(options: object, name: string, otherwise: number, [least, most]: readonly [number, number]): number {
  const value = (options as Record<string, unknown>)[name] ?? otherwise;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw invalid(`\`${name}\` must be a number from ${least} to ${most}`);
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

function invalid(message: string): PermgateError {
  return new PermgateError("invalid-option", message);
}
