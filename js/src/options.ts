/** Checks what was given to `createPermissions`, and says what to write instead. */

import { PermgateError } from "./errors.js";
import type { ClaimRule, PermissionsOptions } from "./types.js";

/** What the module is given. */
export interface EngineOptions {
  endpoint?: string;
  bootstrap?: string;
  credentials: RequestCredentials;
  hasToken: boolean;
  claims: { path: string[]; target: string; prefix?: string }[];
  ttlMs?: number;
  staleMs?: number;
  timeoutMs?: number;
  seed: number;
}

/**
 * Checks options.
 *
 * @throws PermgateError `invalid-option`
 */
export function engineOptions(options: PermissionsOptions): EngineOptions {
  if (typeof options !== "object" || options === null) {
    throw invalid("createPermissions needs an object with `endpoint`, `token` or `bootstrap`");
  }
  const { endpoint, token, bootstrap, credentials = "same-origin", claims } = options;
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
  const result: EngineOptions = {
    claims: claims === undefined ? [] : rules(claims),
    credentials,
    hasToken: token !== undefined,
    seed: Math.random(),
  };
  if (endpoint !== undefined) result.endpoint = String(endpoint);
  if (bootstrap !== undefined) result.bootstrap = json(bootstrap);
  for (const name of ["ttlMs", "staleMs", "timeoutMs"] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== "number") throw invalid(`\`${name}\` must be a number of milliseconds`);
    result[name] = value;
  }
  return result;
}

function rules(claims: ClaimRule | readonly ClaimRule[]): EngineOptions["claims"] {
  const list = (Array.isArray(claims) ? claims : [claims]) as readonly ClaimRule[];
  return list.map(({ path, target = "permissions", prefix }) => {
    if (!Array.isArray(path) || !path.every((key) => typeof key === "string")) {
      throw invalid("`claims.path` must be an array of keys, such as `[\"realm_access\", \"roles\"]`");
    }
    if (!["permissions", "roles", "groups"].includes(target)) {
      throw invalid("`claims.target` must be `permissions`, `roles` or `groups`");
    }
    return { path: [...path], target, ...(prefix === undefined ? {} : { prefix: String(prefix) }) };
  });
}

function json(bootstrap: object): string {
  try {
    return JSON.stringify(bootstrap) ?? "null";
  } catch (cause) {
    throw new PermgateError("invalid-option", "`bootstrap` must be a permission document", { cause });
  }
}

function invalid(message: string): PermgateError {
  return new PermgateError("invalid-option", message);
}
