/** Decides by the options which of the two builds of the module an instance needs, before anything is downloaded. */

import type { PermissionsOptions } from "./types.js";

/** The options without a value that needs the whole build. A new option belongs here or into the table below, or this file does not compile. */
type Ordinary =
  | "bootstrap"
  | "credentials"
  | "guard"
  | "headers"
  | "messages"
  | "modes"
  | "onForbidden"
  | "onUnauthenticated"
  | "push"
  | "separator"
  | "signal"
  | "staleMs"
  | "subjectClaim"
  | "tabs"
  | "tenant"
  | "timeoutMs"
  | "token"
  | "ttlMs"
  | "wasm";

const isGiven = (value: unknown): boolean => value !== undefined;

/** For each other option, whether a value needs the whole build. */
const NEEDS: { readonly [Name in Exclude<keyof PermissionsOptions, Ordinary>]: (value: unknown) => boolean } = {
  catalogue: isGiven,
  claims: isGiven,
  dialect: (dialect) => dialect === "shiro",
  // Without an endpoint, sets are read from the claims of tokens, also of one that is passed to `setToken` later.
  endpoint: (endpoint) => endpoint === undefined,
  format: (format) => isGiven(format) && format !== "document",
  persist: (persist) => persist === "session",
  rolePermissions: isGiven,
};

/** Whether options need the build with everything. */
export function needsWhole(options: PermissionsOptions): boolean {
  return Object.entries(NEEDS).some(([name, needs]) => needs(options[name as keyof PermissionsOptions]));
}
