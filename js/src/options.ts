/** Checks what was given to `createPermissions`, and turns it into what the module reads. */

import { PermgateError } from "./errors.js";
import type { PermissionsOptions } from "./types.js";

/** What the module is given. */
export interface EngineOptions {
  /** What the core reads itself, as JSON. */
  core: string;
  endpoint?: string;
  /** What follows the place for the tenant, where the endpoint ends at it. */
  afterTenant?: string;
  bootstrap?: string;
  credentials: RequestCredentials;
}

/** Every option there is. */
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
  "rolePermissions",
  "separator",
  "staleMs",
  "tenant",
  "timeoutMs",
  "token",
  "ttlMs",
];

/** The longest time that the core takes, in milliseconds; JSON has no infinity. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * Checks options. What the core reads, it checks itself.
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
  const { endpoint, token, bootstrap, credentials = "same-origin" } = options;
  if (endpoint === undefined && token === undefined && bootstrap === undefined) {
    throw invalid("there is no source; give one of `endpoint`, `token` or `bootstrap`");
  }
  if (endpoint !== undefined && typeof endpoint !== "string" && !(endpoint instanceof URL)) {
    throw invalid("`endpoint` must be a string or URL");
  }
  if (token !== undefined && token !== null && !["string", "function"].includes(typeof token)) {
    throw invalid("`token` must be a string, null, or a function that gives one");
  }
  if (!["omit", "same-origin", "include"].includes(credentials)) {
    throw invalid("`credentials` must be `omit`, `same-origin` or `include`");
  }
  const { catalogue, rolePermissions, claims, headers, tenant } = options;
  if (typeof claims === "function" || (Array.isArray(claims) && claims.length === 0)) {
    throw invalid("`claims` must be a preset, a rule, or an array with at least one of them");
  }
  if (headers !== undefined && typeof headers !== "function") {
    throw invalid("`headers` must be a function that gives headers");
  }
  for (const value of [catalogue, rolePermissions]) {
    if (value instanceof Map || value instanceof Promise) {
      throw invalid("`catalogue` and `rolePermissions` must be plain objects, or functions that give them");
    }
  }
  if (tenant !== undefined) checkTenant(tenant, invalid);
  const core: Record<string, unknown> = {
    source: endpoint !== undefined ? "endpoint" : token !== undefined ? "token" : "bootstrap",
    hasToken: token !== undefined,
    asksPolicies: [catalogue, rolePermissions].some((policy) => typeof policy === "function"),
    seed: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  };
  for (const name of ["claims", "dialect", "separator", "format", "tenant"] as const) {
    if (options[name] !== undefined) core[name] = options[name];
  }
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
  if (endpoint !== undefined) {
    // A URL object writes braces in the way of addresses.
    const [before = "", after] = String(endpoint).split(/\{tenant\}|%7Btenant%7D/);
    result.endpoint = before;
    if (after !== undefined) result.afterTenant = after;
  }
  if (bootstrap !== undefined) {
    result.bootstrap = json(bootstrap, "`bootstrap` must be a permission document");
  }
  return result;
}

/** The origins of the option `guard`, as addresses have them. */
export function trustedOrigins(guard: PermissionsOptions["guard"]): string[] {
  const origins = guard?.origins ?? [];
  const known = guard === undefined || (typeof guard === "object" && Object.keys(guard).every((key) => key === "origins"));
  if (!known || !Array.isArray(origins)) {
    throw invalid("`guard` must be `{ origins: [\"https://api.example\"] }`");
  }
  return origins.map((text) => {
    try {
      const { origin } = new URL(text);
      if (origin !== "null") return origin;
    } catch {
      // Said below.
    }
    throw invalid(`\`guard.origins\`: \`${text}\` is no origin such as \`https://api.example\``);
  });
}

/** Refuses what cannot be a tenant. */
export function checkTenant(tenant: unknown, refuse: (message: string) => PermgateError): void {
  // The last two would be steps in the path of an address.
  if (tenant !== null && (typeof tenant !== "string" || ["", ".", ".."].includes(tenant))) {
    throw refuse("`tenant`: a string is needed that is not empty, or null for none");
  }
}

/** What a policy function gave, as JSON; undefined where there is no function. */
export async function policy(source: unknown): Promise<string | undefined> {
  return typeof source === "function" ? (JSON.stringify(await source()) ?? "null") : undefined;
}

function json(value: object, message: string): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    throw new PermgateError("invalid-option", message, { cause });
  }
}

/** An option that is not as it should be. */
export function invalid(message: string): PermgateError {
  return new PermgateError("invalid-option", message);
}
