/** The entry for tests and stories: a real instance, made synchronously, in any state that a test needs. */

import { initSync } from "#glue";
import { embedded } from "./embedded.js";
import { argument } from "./errors.js";
import type { Reading } from "./evaluated.js";
import { Instance } from "./instance.js";
import { Loader } from "./loader.js";
import { type EngineOptions, engineOptions } from "./options.js";
import type { GrantedName } from "./names.js";
import { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import { runtime } from "./runtime.js";
import type { Grant, Messages, PermissionMode, PermissionsOptions } from "./types.js";

export type { Permissions } from "./permissions.js";
export type { RegisteredName } from "./register.js";

/** A permission document, as the endpoint sends it. */
export interface FakeDocument {
  readonly subject?: string;
  readonly tenant?: string;
  readonly version?: number;
  readonly permissions?: readonly string[];
  readonly denied?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly roles?: readonly string[];
}

/** The states that a test can set. Only `fresh` and `stale` grant anything. */
export type FakeStatus = "fresh" | "stale" | "loading" | "unauthenticated" | "failed";

/** The options for reading the document, as in the application, and the application's own modes. */
export interface FakeOptions extends Reading {
  readonly modes?: Readonly<Record<string, PermissionMode>>;
  readonly messages?: Messages;
  /** The first status; by default `fresh`. */
  readonly status?: FakeStatus;
}

/** An instance that a test changes. When a call returns, bound elements and listeners have all of its changes. */
export interface FakePermissions<Name extends string = RegisteredName> extends Permissions<Name> {
  /** Grants a permission, in general or on a resource, and makes the set fresh. */
  grant(permission: GrantedName<Name>, resource?: string): void;
  /** Revokes a permission, in general or on a resource: it is denied afterwards, even if a wildcard grants it. */
  revoke(permission: GrantedName<Name>, resource?: string): void;
  /** Replaces all grants. */
  setDocument(granted: readonly GrantedName<Name>[] | FakeDocument): void;
  /** Sets the status: `loading` and `failed` make every answer unknown. */
  setStatus(status: FakeStatus): void;
}

const STATUSES: readonly string[] = ["fresh", "stale", "loading", "unauthenticated", "failed"];

const loader = new Loader(
  async () => runtime,
  () => (initSync(embedded()), runtime),
);

/** The longest time that the module accepts: a test that moves the clock controls freshness with `setStatus`. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** A document that cannot be read: loading it fails. */
const UNREADABLE = { permissions: 0 };

/**
 * Makes an instance with these permissions, or with the grants of a document. It makes no requests, hears no other tab,
 * and is synchronous. Dispose of it after a test that bound elements or added listeners.
 *
 * @throws PermgateError `invalid-option`, `invalid-argument`
 */
export function fakePermissions<Name extends string = RegisteredName>(granted: readonly GrantedName<Name>[] | FakeDocument = [], { status = "fresh", ...options }: FakeOptions = {}): FakePermissions<Name> {
  loader.require();
  let document = documentOf(granted);
  const whole = { ...options, ttlMs: DAY_MS, staleMs: DAY_MS, tabs: false };
  const settings = (source: PermissionsOptions): EngineOptions => engineOptions({ ...whole, ...source });
  const first = { ...whole, bootstrap: document };
  const instance = new Instance(first, runtime, engineOptions(first));
  const permissions = new Permissions<Name>(instance);
  const begin = (source: PermissionsOptions) => {
    const isOver = !instance.use(() => true, false);
    if (isOver) return;
    // A user who signed out before is signed in again.
    quietly(instance, () => instance.refresh());
    // Listeners are called once, at the end.
    instance.published = () => undefined;
    try {
      instance.bindings.giveUp();
      instance.outdate();
      instance.begin(settings(source));
    } finally {
      Reflect.deleteProperty(instance, "published");
    }
    instance.published(true, true);
  };
  const setDocument = (next: FakeDocument) => {
    document = next;
    instance.credentials.token = null;
    begin({ bootstrap: document });
  };
  const setStatus = (status: FakeStatus) => {
    if (!STATUSES.includes(status)) throw argument(`\`setStatus\` needs one of ${STATUSES.join(", ")}`);
    if (status === "unauthenticated") return instance.signOut();
    if (status === "loading") {
      const token = () => new Promise<never>(() => undefined);
      instance.credentials.token = token;
      return begin({ token });
    }
    if (status === "failed") return quietly(instance, () => begin({ bootstrap: UNREADABLE }));
    setDocument(document);
    if (status === "stale") permissions.invalidate();
  };
  const covers = ({ permission, resource }: Grant, name: string, on: string | undefined) => permission === name && resource === on;
  const changes = {
    /** There is no source to fetch from: the test's own state stays. */
    refresh: async () => instance.status,
    grant(permission: string, resource?: string) {
      const { permissions: names = [], denied = [], grants = [] } = document;
      const others = grants.filter((grant) => !covers(grant, permission, resource));
      if (resource === undefined) setDocument({ ...document, permissions: [...new Set([...names, permission])], denied: denied.filter((name) => name !== permission), grants: others });
      else setDocument({ ...document, grants: [...others, { permission, resource, effect: "allow" }] });
    },
    revoke(permission: string, resource?: string) {
      const { permissions: names = [], denied = [], grants = [] } = document;
      const others = grants.filter((grant) => !covers(grant, permission, resource));
      if (resource === undefined) setDocument({ ...document, permissions: names.filter((name) => name !== permission), denied: [...new Set([...denied, permission])], grants: others });
      else setDocument({ ...document, grants: [...others, { permission, resource, effect: "deny" }] });
    },
    setDocument: (granted: readonly string[] | FakeDocument) => setDocument(documentOf(granted)),
    setStatus,
  };
  if (status !== "fresh") setStatus(status);
  return Object.assign(permissions, changes) as unknown as FakePermissions<Name>;
}

function documentOf(granted: readonly string[] | FakeDocument): FakeDocument {
  return Array.isArray(granted) ? { permissions: granted } : { ...(granted as FakeDocument) };
}

/** Calls a function whose errors are not reported: the test causes them on purpose. */
function quietly(instance: Instance, act: () => void): void {
  const isQuiet = Object.hasOwn(instance, "report");
  if (isQuiet) return act();
  instance.report = () => undefined;
  act();
  Reflect.deleteProperty(instance, "report");
}
