/** Checks what was given to `createPermissions`, and turns it into what the module reads. */

import { PermgateError } from "./errors.js";
import type { PermissionsOptions } from "./types.js";

/** What the module is given. */
export interface EngineOptions {
  /** What the core reads itself, as JSON. */
  core: string;
  endpoint?: string;
  bootstrap?: string;
  credentials: RequestCredentials;
}

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
  const { catalogue, rolePermissions } = options;
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
  // A URL object writes braces in the way of addresses.
  if (endpoint !== undefined) result.endpoint = String(endpoint).replace("%7Btenant%7D", "{tenant}");
  if (bootstrap !== undefined) {
    result.bootstrap = json(bootstrap, "`bootstrap` must be a permission document");
  }
  return result;
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
