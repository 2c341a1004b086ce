/** The entry for tests and stories: a real instance, made without waiting, in whatever state a test needs. */

import { Engine, initSync } from "#glue";
import { embedded } from "./embedded.js";
import { argument } from "./errors.js";
import type { Reading } from "./evaluated.js";
import { Instance } from "./instance.js";
import { Loader } from "./loader.js";
import { type EngineOptions, engineOptions } from "./options.js";
import type { GrantedName } from "./names.js";
import { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Grant, Messages, PermissionMode, PermissionsOptions } from "./types.js";

export type { Permissions } from "./permissions.js";
export type { RegisteredName } from "./register.js";

/** A permission document, as the endpoint answers it. */
export interface FakeDocument {
  readonly subject?: string;
  readonly tenant?: string;
  readonly version?: number;
  readonly permissions?: readonly string[];
  readonly denied?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly roles?: readonly string[];
}

/** How a test's permissions can stand. In each of them but `fresh` and `stale` nothing is granted. */
export type FakeStatus = "fresh" | "stale" | "loading" | "unauthenticated" | "failed";

/** How the document is read, as the application's own options say it; and its own modes. */
export interface FakeOptions extends Reading {
  readonly modes?: Readonly<Record<string, PermissionMode>>;
  readonly messages?: Messages;
  /** How the permissions stand at first; `fresh` unless given. */
  readonly status?: FakeStatus;
}

/** An instance that a test changes. All changes are there when the call returns: elements that are bound, and listeners. */
export interface FakePermissions<Name extends string = RegisteredName> extends Permissions<Name> {
  /** Grants a permission, in general or on a resource, and makes the set fresh. */
  grant(permission: GrantedName<Name>, resource?: string): void;
  /** Takes a permission, in general or on a resource: it is denied after that, also where a wildcard grants it. */
  revoke(permission: GrantedName<Name>, resource?: string): void;
  /** Replaces all that is granted. */
  setDocument(granted: readonly GrantedName<Name>[] | FakeDocument): void;
  /** Says how the set stands: `loading` and `failed` make every answer unknown. */
  setStatus(status: FakeStatus): void;
}

const STATUSES: readonly string[] = ["fresh", "stale", "loading", "unauthenticated", "failed"];

const loader = new Loader(
  async () => undefined,
  () => initSync(embedded()),
);

/** As long as the module takes: a test that moves the clock decides about time by `setStatus`. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** A document that cannot be read: loading it fails. */
const UNREADABLE = { permissions: 0 };

/**
 * Makes an instance in which these permissions are granted, or what the document says. It asks nobody, hears no other
 * tab, and is synchronous. `dispose` of it after the test where something was bound or listens.
 *
 * @throws PermgateError `invalid-option`, `invalid-argument`
 */
export function fakePermissions<Name extends string = RegisteredName>(granted: readonly GrantedName<Name>[] | FakeDocument = [], { status = "fresh", ...options }: FakeOptions = {}): FakePermissions<Name> {
  loader.require();
  let document = documentOf(granted);
  const whole = { ...options, ttlMs: DAY_MS, staleMs: DAY_MS, tabs: false };
  const settings = (source: PermissionsOptions): EngineOptions => engineOptions({ ...whole, ...source });
  const first = { ...whole, bootstrap: document };
  const instance = new Instance(first, Engine, engineOptions(first));
  const permissions = new Permissions<Name>(instance);
  const begin = (source: PermissionsOptions) => {
    const isOver = !instance.use(() => true, false);
    if (isOver) return;
    // Whoever signed out before has not any more.
    quietly(instance, () => instance.refresh());
    // Told once, in the end.
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
    /** There is nothing to fetch from: what the test said stays. */
    refresh: async () => instance.status,
    grant(permission: string, resource?: string) {
      const { permissions: names = [], denied = [], grants = [] } = document;
      const others = grants.filter((grant) => !covers(grant, permission, resource));
      if (resource === undefined) setDocument({ ...document, permissions: [...new Set([...names, permission])], denied: denied.filter((name) => name !== permission), grants: others });
      else setDocument({ ...document, permissions: names, grants: [...others, { permission, resource, effect: "allow" }] });
    },
    revoke(permission: string, resource?: string) {
      const { permissions: names = [], denied = [], grants = [] } = document;
      const others = grants.filter((grant) => !covers(grant, permission, resource));
      if (resource === undefined) setDocument({ ...document, permissions: names.filter((name) => name !== permission), denied: [...new Set([...denied, permission])], grants: others });
      else setDocument({ ...document, permissions: names, grants: [...others, { permission, resource, effect: "deny" }] });
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

/** Does something of which nobody is told that it went wrong: the test means it to. */
function quietly(instance: Instance, act: () => void): void {
  const isQuiet = Object.hasOwn(instance, "report");
  if (isQuiet) return act();
  instance.report = () => undefined;
  act();
  Reflect.deleteProperty(instance, "report");
}
