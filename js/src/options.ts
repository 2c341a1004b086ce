/** Checks the options of `createPermissions`, and converts them into those of the module. */

import { TENANT } from "./address.js";
import type { Came } from "./border.js";
import { PermgateError } from "./errors.js";
import type { Addresses } from "./channel.js";
import { toJson } from "./json.js";
import type { Settings } from "./surroundings.js";
import { Tabs } from "./tabs.js";
import type { PermissionsOptions } from "./types.js";

/** The transports by which a server pushes, the best first. */
const WAYS: readonly string[] = ["events", "socket", "poll"];

/** The built-in modes. */
const MODES: readonly string[] = ["hide", "disable", "readonly", "inert", "remove"];

/** The options of the module. */
export interface EngineOptions {
  /** The options that the core reads, as JSON. */
  core: string;
  bootstrap?: string;
  /** The document that an earlier page stored. */
  stored?: string;
  /** The module does not read these: requests are made in TypeScript. */
  credentials: RequestCredentials;
  /** When the requests of the first load were sent, if that was before the module was there. */
  began?: Came;
}

/** All options. */
const OPTIONS: readonly (keyof PermissionsOptions)[] = [
  "bootstrap",
  "catalogue",
  "claims",
  "credentials",
  "dialect",
  "endpoint",
  "format",
  "guard",
  "headers",
  "messages",
  "modes",
  "onForbidden",
  "onUnauthenticated",
  "persist",
  "push",
  "rolePermissions",
  "separator",
  "signal",
  "staleMs",
  "subjectClaim",
  "tabs",
  "tenant",
  "timeoutMs",
  "token",
  "ttlMs",
  "wasm",
];

/** Replaces the placeholder while an address is resolved: it is allowed in every part of one. */
const STAND_IN = "permgate-tenant-stand-in";

/** The longest time that the core accepts, in milliseconds; JSON has no infinity. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Checks options. The core itself checks those that it reads.
 *
 * @throws PermgateError `invalid-option`
 */
export function engineOptions(options: PermissionsOptions): EngineOptions {
  if (typeof options !== "object" || options === null) {
    throw invalid("createPermissions needs an object with `endpoint`, `token` or `bootstrap`");
  }
  for (const name of Object.keys(options)) {
    if (!(OPTIONS as readonly string[]).includes(name)) {
      throw invalid(`there is no option \`${name}\`; is it spelled right? There are ${OPTIONS.join(", ")}`);
    }
  }
  const { endpoint, token, credentials = "same-origin" } = options;
  // Servers write null if nobody is signed in.
  const bootstrap = options.bootstrap ?? undefined;
  if (endpoint === undefined && token === undefined && bootstrap === undefined) {
    throw invalid("there is no source; give one of `endpoint`, `token` or `bootstrap`");
  }
  if (endpoint !== undefined && typeof endpoint !== "string" && !(endpoint instanceof URL)) {
    throw invalid("`endpoint` must be a string or URL");
  }
  if (bootstrap !== undefined && (typeof bootstrap !== "object" || bootstrap instanceof Promise)) {
    throw invalid("`bootstrap` must be a document, not a string (parse it) or a promise (await it)");
  }
  if (token !== undefined && token !== null && !["string", "function"].includes(typeof token)) {
    throw invalid("`token` must be a string, null, or a function that gives one");
  }
  if (!["omit", "same-origin", "include"].includes(credentials)) {
    throw invalid("`credentials` must be `omit`, `same-origin` or `include`");
  }
  const { catalogue, rolePermissions, claims, headers, tenant, onForbidden, onUnauthenticated } = options;
  if (typeof claims === "function" || (Array.isArray(claims) && claims.length === 0)) {
    throw invalid("`claims` must be a preset, a rule, or an array with at least one of them");
  }
  for (const [name, value] of Object.entries({ headers, messages: options.messages, onForbidden, onUnauthenticated })) {
    if (value !== undefined && typeof value !== "function") {
      throw invalid(`\`${name}\` must be a function`);
    }
  }
  if (![undefined, true, false].includes(options.tabs)) throw invalid("`tabs` must be true or false");
  if (![undefined, false, "session"].includes(options.persist)) {
    throw invalid('`persist` must be "session", or false');
  }
  if (options.signal !== undefined && typeof options.signal?.throwIfAborted !== "function") {
    throw invalid("`signal` must be an AbortSignal");
  }
  checkModes(options.modes ?? {});
  for (const value of [catalogue, rolePermissions]) {
    if (value instanceof Map || value instanceof Promise) {
      throw invalid("`catalogue` and `rolePermissions` must be plain objects, or functions that give them");
    }
  }
  if (tenant !== undefined) checkTenant(tenant, invalid);
  const core: Record<string, unknown> = {
    source: endpoint !== undefined ? "endpoint" : token !== undefined ? "token" : "bootstrap",
    hasToken: token !== undefined,
    renews: onUnauthenticated !== undefined || typeof token === "function",
    asksRenewal: onUnauthenticated !== undefined,
    push: Object.keys(pushAddresses(options)),
    tabs: sharesTabs(options),
    persists: options.persist === "session",
    asksPolicies: [catalogue, rolePermissions].some((policy) => typeof policy === "function"),
    seed: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  };
  for (const name of ["claims", "dialect", "separator", "format", "tenant"] as const) {
    if (options[name] !== undefined) core[name] = options[name];
  }
  if (options.subjectClaim !== undefined) core.subjectClaim = claimPath(options.subjectClaim);
  for (const [name, policy] of Object.entries({ catalogue, rolePermissions })) {
    if (policy !== undefined && typeof policy !== "function") core[name] = policy;
  }
  for (const name of ["ttlMs", "staleMs", "timeoutMs"] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || Number.isNaN(value)) {
      throw invalid(`\`${name}\` must be a number of milliseconds`);
    }
    core[name] = Math.min(Math.max(value, 0), LONGEST_MS);
  }
  const result: EngineOptions = {
    core: json(core, "the options hold something that is no JSON"),
    credentials,
  };
  if (bootstrap !== undefined) {
    result.bootstrap = json(bootstrap, "`bootstrap` must be a permission document");
  }
  return result;
}

/** The keys that lead to a claim, from an array of keys or a JSON Pointer (RFC 6901). */
function claimPath(path: unknown): readonly unknown[] {
  if (Array.isArray(path) && path.length > 0) return path;
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw invalid("`subjectClaim` must be an array of keys or a JSON Pointer such as `/user_id`");
  }
  return path.slice(1).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether the instance shares with other tabs. */
function sharesTabs({ endpoint, tabs }: PermissionsOptions): boolean {
  return tabs !== false && endpoint !== undefined && Tabs.areThere();
}

/** The addresses at which the server pushes, the best transport first. */
function pushAddresses({ endpoint, push }: PermissionsOptions): Addresses {
  if (push === undefined || push === false) return {};
  const known = typeof push === "object" && push !== null && Object.keys(push).every((key) => WAYS.includes(key));
  if (!known) throw invalid("`push` must be an object with some of `events`, `socket` and `poll`");
  if (endpoint === undefined) throw invalid("`push` needs an `endpoint`: a stream says only that there is news");
  const addresses: Addresses = {};
  for (const way of WAYS) {
    const given = push[way as keyof typeof push];
    if (given === undefined || given === false) continue;
    if (way === "poll" && given === true) addresses[way] = absolute("endpoint", endpoint);
    else if (typeof given === "string" || given instanceof URL) addresses[way] = absolute(`push.${way}`, given);
    else throw invalid(`\`push.${way}\` must be an address`);
  }
  return addresses;
}

/** All addresses of permgate itself: their responses are no evidence. */
export function ownAddresses(options: PermissionsOptions): string[] {
  const addresses = [options.endpoint, ...Object.values(pushAddresses(options))];
  return addresses.filter((address) => address !== undefined).map(String);
}

/** The settings of the instance's surroundings. */
export function aroundPage(options: PermissionsOptions, credentials: RequestCredentials): Settings {
  return {
    name: options.endpoint === undefined ? "" : absolute("endpoint", options.endpoint),
    addresses: pushAddresses(options),
    credentials,
    hasHeaders: options.headers !== undefined,
    tabs: sharesTabs(options),
    persists: options.persist === "session",
  };
}

/** The origins of the option `guard`, as addresses contain them. */
export function trustedOrigins(guard: PermissionsOptions["guard"]): string[] {
  const origins = guard?.origins ?? [];
  const known =
    guard === undefined ||
    (typeof guard === "object" && Object.keys(guard).every((key) => ["origins", "patch", "ignore"].includes(key)));
  if (!known || !Array.isArray(origins)) {
    throw invalid("`guard` must be `{ origins: [\"https://api.example\"] }`");
  }
  const patch: readonly unknown[] = guard?.patch ?? [];
  if (!Array.isArray(patch) || !patch.every((what) => what === "fetch" || what === "xhr")) {
    throw invalid('`guard.patch` must be an array of "fetch" and "xhr"');
  }
  const ignore: readonly unknown[] = guard?.ignore ?? [];
  if (!Array.isArray(ignore) || !ignore.every((address) => typeof address === "string")) {
    throw invalid("`guard.ignore` must be an array of addresses");
  }
  return origins.map((text) => {
    try {
      const { origin } = new URL(text);
      if (origin !== "null") return origin;
    } catch {
      // The error is thrown below.
    }
    throw invalid(`\`guard.origins\`: \`${text}\` is not an origin such as \`https://api.example\``);
  });
}

/**
 * An absolute address, the same on all pages of an origin, with its placeholder `{tenant}`.
 *
 * @throws PermgateError `invalid-option` for a relative address if there is no page, as on servers
 */
function absolute(option: string, address: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  try {
    // The name of a host cannot contain braces.
    return new URL(String(address).replace(TENANT, STAND_IN), base).href.replace(STAND_IN, "{tenant}");
  } catch (cause) {
    const where = base === undefined ? "is relative, and a server has no page to resolve it against; make this instance in the browser only, or give a whole address" : `is no address on the page \`${base}\`; give one`;
    throw new PermgateError("invalid-option", `\`${option}\`: \`${address}\` ${where} such as \`https://app.example/api/me/permissions\``, { cause });
  }
}

/** Refuses modes whose names cannot be used in an attribute, or are built in. */
function checkModes(modes: object): void {
  for (const [name, mode] of Object.entries(modes)) {
    const isFree = /^[a-z][a-z0-9-]*$/.test(name) && !MODES.includes(name);
    if (isFree && typeof mode === "function") continue;
    throw invalid(`\`modes.${name}\` must be a function, under a name in lower case that is none of ${MODES.join(", ")}`);
  }
}

/** Refuses values that cannot be a tenant. */
export function checkTenant(tenant: unknown, refuse: (message: string) => PermgateError): void {
  // The last two would be steps in the path of an address.
  if (tenant !== null && (typeof tenant !== "string" || ["", ".", ".."].includes(tenant))) {
    throw refuse("`tenant`: a string is needed that is not empty, or null for none");
  }
}

/** The result of a policy function as JSON; undefined if there is no function. */
export async function policy(source: unknown): Promise<string | undefined> {
  return typeof source === "function" ? (toJson(await source()) ?? "null") : undefined;
}

function json(value: object, message: string): string {
  try {
    return toJson(value) ?? "null";
  } catch (cause) {
    throw new PermgateError("invalid-option", message, { cause });
  }
}

/** An error about an invalid option. */
export function invalid(message: string): PermgateError {
  return new PermgateError("invalid-option", message);
}
