/** The object that applications hold: one subject's permissions, kept fresh. */
/// <reference lib="esnext.disposable" preserve="true" />

import { Told } from "./border.js";
import { PermissionDeniedError, argument } from "./errors.js";
import type { Observable } from "./guard.js";
import type { Instance } from "./instance.js";
import type { RequirementOf, RequirementsOf } from "./names.js";
import type { RegisteredName } from "./register.js";
import { checkTenant } from "./options.js";
import { ask, askSomewhere, check } from "./questions.js";
import type {
  Binding,
  Decision,
  PermissionsEvents,
  PermissionsOptions,
  Snapshot,
  Status,
  TokenSource,
} from "./types.js";

/** The kinds of events for `on`. */
const EVENTS = ["change", "status", "error", "forbidden", "stepUp", "activity"] as const;

/** One subject's permissions. Made by `createPermissions`. Its methods are bound: `const { can } = permissions` works. */
export interface Permissions<Name extends string = RegisteredName> {
  /**
   * Whether a requirement is granted, on a resource or in general. Synchronous; never throws. Unknown, expired and
   * malformed requirements are not granted.
   */
  can<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean;

  /** The opposite of `can`: true also for unknown requirements. */
  cannot<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean;

  /** Whether all of them are granted. */
  canAll<const List extends readonly string[]>(requirements: RequirementsOf<List, Name>, resource?: string): boolean;

  /** Whether any of them is granted. */
  canAny<const List extends readonly string[]>(requirements: RequirementsOf<List, Name>, resource?: string): boolean;

  /**
   * Whether a permission is granted on at least one resource: for menus and routes. Synchronous; never throws.
   */
  canSomewhere<Text extends string>(permission: RequirementOf<Text, Name>): boolean;

  /** The decision on a requirement, with its reason. Never throws. */
  check<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): Decision;

  /**
   * Calls the listener with the decision on a requirement, before this returns and whenever the outcome changes: for a
   * route or widget that ends when its permission does. Returns a function that stops that.
   */
  watch<Text extends string>(requirement: RequirementOf<Text, Name>, listener: (decision: Decision) => void, resource?: string): () => void;

  /**
   * Returns only if a requirement is granted.
   *
   * @throws PermissionDeniedError with the decision
   */
  require<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): void;

  /** The status of the set. */
  readonly status: Status;

  /** The current set; the same object until something changes. */
  snapshot(): Snapshot;

  /** Calls the listener after every change of answers or status. Returns a function that stops that. */
  subscribe(listener: () => void): () => void;

  /** Calls the listener after every event of a kind. Returns a function that stops that. */
  on<Kind extends keyof PermissionsEvents>(kind: Kind, listener: (event: PermissionsEvents[Kind]) => void): () => void;

  /** Waits until an answer is known, which may be that nobody is signed in or that loading failed. */
  whenReady(): Promise<Status>;

  /**
   * Fetches the set now, and waits for the end of the load. Resolves to the status, or to `failed` if the load failed,
   * even if the set is still `fresh`; `error` tells why. Without `endpoint` and `token`, it resolves at once.
   */
  refresh(): Promise<Status>;

  /** Marks the set as out of date: it is fetched again, and still answers for a short time. */
  invalidate(): void;

  /** Replaces the token. If the new one belongs to another user, nothing is granted until that user's set is there. */
  setToken(token: TokenSource): void;

  /**
   * Selects another tenant, or none (null): as with another user, nothing is granted until the set is there.
   */
  setTenant(tenant: string | null): void;

  /** Signs the user out: nothing is granted from here on, whatever answers still come. */
  signOut(): void;

  /**
   * Calls `fetch` and observes the response: a 401, a 403 or a `Permissions-Version` is evidence. Requests to trusted
   * origins get the bearer token, unless they have an `Authorization` header. A request that meets a 401 waits for new
   * credentials of the same user, if there is a way to get them, and is replayed once.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;

  /** The number of the current credentials, for `observe`: take it before a request is sent by other means. */
  ticket(): number;

  /**
   * Observes a response that was not received by `permissions.fetch`. Resolves to true when the request should be sent
   * again, once, with the current credentials; observe the response to that as a replay.
   */
  observe(response: Observable, ticket?: number, isReplay?: boolean): Promise<boolean>;

  /** The user opened another view: the set is loaded, unless it was loaded just now or a stream is alive. */
  notifyNavigation(): void;

  /**
   * Shows and hides the elements tagged `data-permission` below a root, now and from now on.
   *
   * @throws PermgateError `invalid-argument` when there is no DOM, or the root is not a node of it
   */
  bind(root?: Document | DocumentFragment | Element): Binding;

  /** Ends the instance: nothing is granted, bound elements are hidden, nothing is fetched. */
  dispose(): void;

  /** @internal Confirms the set that the page carried by a load, if there is another source. */
  confirm(): void;

  /** @internal Waits until the token, if it is the only source, has been read. */
  tokenIsRead(hasEndpoint: boolean): Promise<this>;
}

export class Permissions<Name extends string = RegisteredName> {
  /** @internal */
  constructor(instance: Instance) {
    const { memo, guard, bindings, listeners } = instance;
    // INVARIANT: nothing here uses `this` when it is called: methods are passed on alone, and frameworks put proxies
    // around the object.
    const can = (requirement: string, resource?: string): boolean => {
      if (!instance.clockIsRead) instance.readClock();
      const known = resource === undefined ? memo.get(requirement) : memo.getOn(requirement, resource);
      return known ?? ask(instance, requirement, resource);
    };
    this.can = can;
    this.cannot = (requirement: string, resource?: string) => !can(requirement, resource);
    this.canAll = (requirements: readonly string[], resource?: string) =>
      Array.isArray(requirements) && requirements.every((requirement) => can(requirement, resource));
    this.canAny = (requirements: readonly string[], resource?: string) =>
      Array.isArray(requirements) && requirements.some((requirement) => can(requirement, resource));
    this.canSomewhere = (permission: string) => {
      if (!instance.clockIsRead) instance.readClock();
      return memo.getSomewhere(permission) ?? askSomewhere(instance, permission);
    };
    this.check = (requirement: string, resource?: string) => check(instance, requirement, resource);
    this.watch = (requirement: string, listener: (decision: Decision) => void, resource?: string) => {
      if (typeof listener !== "function") throw argument("`watch` needs a requirement and a function");
      let last: Decision["outcome"] | undefined;
      const look = () => {
        const decision = check(instance, requirement, resource);
        if (decision.outcome === last) return;
        last = decision.outcome;
        listener(decision);
      };
      look();
      return listeners.add("any", look);
    };
    this.require = (requirement: string, resource?: string) => {
      const decision = check(instance, requirement, resource);
      if (decision.outcome !== "granted") throw new PermissionDeniedError(decision);
    };
    Object.defineProperty(this, "status", { get: () => instance.status, enumerable: true, configurable: true });
    this.snapshot = () => instance.snapshot();
    this.subscribe = (listener) => {
      if (typeof listener !== "function") throw argument("`subscribe` needs a function");
      return listeners.add("any", listener);
    };
    this.on = (kind, listener) => {
      if (!EVENTS.includes(kind) || typeof listener !== "function") {
        throw argument(`\`on\` needs one of ${EVENTS.join(", ")}, and a function`);
      }
      return listeners.add(kind, listener);
    };
    this.whenReady = () => instance.whenReady();
    this.refresh = async () => {
      instance.refresh();
      await instance.rest();
      return instance.use((engine) => engine.hasFailed(), false) ? "failed" : instance.status;
    };
    this.confirm = () => void (instance.isAlone || instance.refresh());
    this.invalidate = () => instance.use((engine) => engine.tell(Told.Invalidate), undefined);
    this.setToken = (token) => {
      if (token !== null && typeof token !== "string" && typeof token !== "function") {
        throw argument("`setToken` needs a string, null, or a function that gives one");
      }
      instance.setToken(token);
    };
    this.setTenant = (tenant) => {
      checkTenant(tenant, argument);
      instance.setTenant(tenant);
    };
    this.signOut = () => instance.signOut();
    this.fetch = (input, init) => guard.fetch(input, init);
    this.ticket = () => guard.ticket();
    this.observe = (response, ticket, isReplay) => guard.observe(response, ticket, isReplay);
    this.notifyNavigation = () => instance.use((engine) => engine.tell(Told.Navigated), undefined);
    this.bind = (root = globalThis.document) => {
      const binding = bindings.bind(root);
      instance.bound(root);
      return binding;
    };
    this.dispose = () => instance.dispose();
    this.tokenIsRead = async (hasEndpoint) => {
      if (!hasEndpoint) await instance.rest();
      return this;
    };
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Tells Vue not to observe the object: changes are announced to listeners. */
  get __v_skip(): true {
    return true;
  }
}
