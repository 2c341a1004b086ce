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

/** What `on` tells. */
const EVENTS = ["change", "status", "error", "forbidden", "stepUp", "activity"] as const;

/** One subject's permissions. Made by `createPermissions`. Its methods are bound: `const { can } = permissions` works. */
export interface Permissions<Name extends string = RegisteredName> {
  /**
   * Whether a requirement is granted, on a resource or in general. Synchronous; never throws.
   * What is unknown, expired or malformed is not granted.
   */
  can<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean;

  /** The opposite of `can`: true also for what is unknown. */
  cannot<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean;

  /** Whether all are granted. */
  canAll<const List extends readonly string[]>(requirements: RequirementsOf<List, Name>, resource?: string): boolean;

  /** Whether any is granted. */
  canAny<const List extends readonly string[]>(requirements: RequirementsOf<List, Name>, resource?: string): boolean;

  /**
   * Whether a permission is granted on any resource at all, be it on one alone: for menus and
   * routes. Synchronous; never throws.
   */
  canSomewhere<Text extends string>(permission: RequirementOf<Text, Name>): boolean;

  /** The decision on a requirement, with its reason. Never throws. */
  check<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): Decision;

  /**
   * Calls with the decision on a requirement, before this returns and whenever its outcome is another one: for a
   * route or widget that goes when its permission goes. Gives back how to stop that.
   */
  watch<Text extends string>(requirement: RequirementOf<Text, Name>, listener: (decision: Decision) => void, resource?: string): () => void;

  /**
   * Goes on only if a requirement is granted.
   *
   * @throws PermissionDeniedError with the decision
   */
  require<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): void;

  /** How the set stands. */
  readonly status: Status;

  /** What is held; the same object until something changes. */
  snapshot(): Snapshot;

  /** Calls after every change of answers or status. Gives back how to stop that. */
  subscribe(listener: () => void): () => void;

  /** Calls after every event of a kind. Gives back how to stop that. */
  on<Kind extends keyof PermissionsEvents>(kind: Kind, listener: (event: PermissionsEvents[Kind]) => void): () => void;

  /** Waits until something is known, be it that nobody is signed in or that loading failed. */
  whenReady(): Promise<Status>;

  /**
   * Fetches the set now, and waits until that is done. Resolves to the status, or to `failed` where
   * the load came to nothing, though what is held may still be `fresh`; `error` tells why. Where there
   * is neither `endpoint` nor `token`, that is at once.
   */
  refresh(): Promise<Status>;

  /** What is held is out of date: it is fetched again, and answers for a short time. */
  invalidate(): void;

  /** The token is another one from now on. If it is another user's, nothing is granted until his set is there. */
  setToken(token: TokenSource): void;

  /**
   * The user works in another tenant from now on, or in none (null): as with another user, nothing
   * is granted until the set is there.
   */
  setTenant(tenant: string | null): void;

  /** The user signed out: nothing is granted from here on, whatever answers still come. */
  signOut(): void;

  /**
   * `fetch`, watched: a 401, a 403 or a `Permissions-Version` in the response counts. Requests to
   * trusted origins get the bearer token, unless they have an `Authorization` header. One that meets
   * a 401 waits for new credentials of the same user, if there is a way to them, and is sent again
   * once.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;

  /** Numbers the credentials of now: taken before a request is sent in another way, for `observe`. */
  ticket(): number;

  /**
   * Watches a response that was got in another way than by `fetch`. Resolves to true when the
   * request is to be sent again with the credentials of now, once; the answer to that is observed as
   * a replay.
   */
  observe(response: Observable, ticket?: number, isReplay?: boolean): Promise<boolean>;

  /** The user went to another view: the set is asked for, unless it was just now or a stream is alive. */
  notifyNavigation(): void;

  /**
   * Shows and hides the elements tagged `data-permission` below a root, now and from now on.
   *
   * @throws PermgateError `invalid-argument` when there is no DOM or the root is no node of it
   */
  bind(root?: Document | DocumentFragment | Element): Binding;

  /** Ends everything: nothing is granted, bound elements are hidden, nothing is fetched. */
  dispose(): void;

  /** @internal Waits until the token, if it is the only source, has been read. */
  tokenIsRead(hasEndpoint: boolean): Promise<this>;
}

export class Permissions<Name extends string = RegisteredName> {
  /** @internal */
  constructor(instance: Instance) {
    const { memo, guard, bindings, listeners } = instance;
    // INVARIANT: nothing here uses `this` when it is called: methods are handed on alone, and
    // frameworks put proxies before the object.
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

  /** @internal Tells Vue that there is nothing to observe: what changes is told to listeners. */
  get __v_skip(): true {
    return true;
  }
}
