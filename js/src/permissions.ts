/** The object that applications hold: one subject's permissions, kept fresh. */
/// <reference lib="esnext.disposable" preserve="true" />

import type { Engine, Host } from "#glue";
import { type ErrorCode, PermgateError, PermissionDeniedError } from "./errors.js";
import { Listeners } from "./events.js";
import { Guard, forbidden } from "./guard.js";
import { hideAll } from "./hide.js";
import { Memo } from "./memo.js";
import type { RequirementOf, RequirementsOf } from "./names.js";
import { complaint, isText, isTextOrAbsent } from "./question.js";
import { checkTenant, engineOptions, invalid, policy, trustedOrigins } from "./options.js";
import type {
  Binding,
  Decision,
  PermissionsEvents,
  PermissionsOptions,
  Snapshot,
  Status,
  TokenSource,
} from "./types.js";

/** What the module answers to a requirement. */
const GRANTED = 1;
const MALFORMED = 3;

/** More malformed requirements than anybody reads. */
const REPORTS_MAX = 1000;

/** What a header can hold (RFC 9110 §5.5); the endpoint's load reports a token that is not that. */
const SENDABLE = /^[\x20-\x7e]+$/;

/** What `on` tells. */
const EVENTS: readonly (keyof PermissionsEvents)[] = ["change", "status", "error", "forbidden"];

const NOTHING: Snapshot = freeze({
  status: "idle",
  subject: null,
  tenant: null,
  version: null,
  permissions: [],
  denied: [],
  grants: [],
  roles: null,
  groups: null,
  scopes: null,
  freshUntil: null,
  expiresAt: null,
});

/** One subject's permissions. Made by `createPermissions`. */
export class Permissions<Name extends string = string> {
  /** None after `dispose` and after a crash: then nothing is granted. */
  #engine: Engine | undefined;
  readonly #memo = new Memo();
  readonly #guard: Guard;
  readonly #headers: PermissionsOptions["headers"];
  readonly #policies: readonly [unknown, unknown];
  readonly #listeners: Listeners<PermissionsEvents & { any: undefined }>;
  readonly #bound = new Set<Binding & { readonly root: Node }>();
  readonly #reported = new Set<string>();
  #token: TokenSource;
  #snapshot: Snapshot | undefined;
  #absent: Status = "idle";
  #resting: (() => void)[] = [];
  #clockIsRead = false;

  /** @internal */
  constructor(options: PermissionsOptions, Module: typeof Engine) {
    const settings = engineOptions(options);
    this.#token = options.token ?? null;
    this.#headers = options.headers;
    this.#policies = [options.catalogue, options.rolePermissions];
    this.#guard = new Guard(trustedOrigins(options.guard), settings.endpoint);
    this.#listeners = new Listeners((cause) => this.#listenerFailed(cause));
    try {
      this.#engine = new Module(settings, this.#host());
    } catch (cause) {
      throw typeof cause === "string" ? invalid(cause) : cause;
    }
    this.#use((engine) => engine.start(), undefined);
  }

  /**
   * Whether a requirement is granted, on a resource or in general. Synchronous; never throws.
   * What is unknown, expired or malformed is not granted.
   */
  can<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean {
    if (!this.#clockIsRead) this.#readClock();
    const known =
      resource === undefined
        ? this.#memo.get(requirement)
        : this.#memo.getOn(requirement, resource);
    return known ?? this.#ask(requirement, resource);
  }

  /** The opposite of `can`: true also for what is unknown. */
  cannot<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): boolean {
    return !this.can<Text>(requirement, resource);
  }

  /** Whether all are granted. */
  canAll<const List extends readonly string[]>(
    requirements: RequirementsOf<List, Name>,
    resource?: string,
  ): boolean {
    if (!Array.isArray(requirements)) return false;
    return (requirements as readonly string[]).every((requirement) => this.#can(requirement, resource));
  }

  /** Whether any is granted. */
  canAny<const List extends readonly string[]>(
    requirements: RequirementsOf<List, Name>,
    resource?: string,
  ): boolean {
    if (!Array.isArray(requirements)) return false;
    return (requirements as readonly string[]).some((requirement) => this.#can(requirement, resource));
  }

  /**
   * Whether a permission is granted on any resource at all, be it on one alone: for menus and
   * routes. Synchronous; never throws.
   */
  canSomewhere<Text extends string>(permission: RequirementOf<Text, Name>): boolean {
    if (!this.#clockIsRead) this.#readClock();
    return this.#memo.getSomewhere(permission) ?? this.#askSomewhere(permission);
  }

  /** The decision on a requirement, with its reason. Never throws. */
  check<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): Decision {
    this.#readClock();
    const gone = this.#absent === "failed" ? "crashed" : "not-loaded";
    const crashed = decision("unknown", gone, "permissions are not available: the instance crashed or was disposed of");
    const problem = complaint(requirement, resource);
    if (problem) return decision("denied", "malformed-requirement", problem);
    return this.#use((engine) => {
      const decision = engine.check(requirement, resource) as Decision;
      if (decision.reason !== "malformed-requirement") return freeze(decision);
      return freeze({ ...decision, message: engine.complaint(requirement, resource) ?? decision.message });
    }, crashed);
  }

  /**
   * Goes on only if a requirement is granted.
   *
   * @throws PermissionDeniedError with the decision
   */
  require<Text extends string>(requirement: RequirementOf<Text, Name>, resource?: string): void {
    const decision = this.check<Text>(requirement, resource);
    if (decision.outcome !== "granted") throw new PermissionDeniedError(decision);
  }

  /** How the set stands. */
  get status(): Status {
    this.#readClock();
    return this.#use((engine) => engine.status() as Status, this.#absent);
  }

  /** What is held; the same object until something changes. */
  snapshot(): Snapshot {
    this.#readClock();
    this.#snapshot ??= this.#use((engine) => freeze(engine.snapshot() as Snapshot), {
      ...NOTHING,
      status: this.#absent,
    });
    return this.#snapshot;
  }

  /** Calls after every change of answers or status. Gives back how to stop that. */
  subscribe(listener: () => void): () => void {
    if (typeof listener !== "function") throw argument("`subscribe` needs a function");
    return this.#listeners.add("any", listener);
  }

  /** Calls after every event of a kind. Gives back how to stop that. */
  on<Kind extends keyof PermissionsEvents>(
    kind: Kind,
    listener: (event: PermissionsEvents[Kind]) => void,
  ): () => void {
    if (!EVENTS.includes(kind) || typeof listener !== "function") {
      throw argument(`\`on\` needs one of ${EVENTS.join(", ")}, and a function`);
    }
    return this.#listeners.add(kind, listener);
  }

  /** Waits until something is known, be it that nobody is signed in or that loading failed. */
  whenReady(): Promise<Status> {
    return new Promise((resolve) => {
      const { status } = this;
      if (status !== "idle" && status !== "loading") return resolve(status);
      if (!this.#engine) return resolve(status);
      const stop = this.#listeners.add("any", () => {
        const now = this.status;
        if (now === "loading" || (now === "idle" && this.#engine)) return;
        stop();
        resolve(now);
      });
    });
  }

  /** Fetches the set now, and waits until that is done, be it in vain: look at the status. */
  async refresh(): Promise<Status> {
    this.#use((engine) => engine.refresh(), undefined);
    await this.#rest();
    return this.status;
  }

  /** What is held is known to be out of date: it is fetched again, and answers for a short time. */
  invalidate(): void {
    this.#use((engine) => engine.invalidate(), undefined);
  }

  /** The token is another one from now on. If it is another user's, nothing is granted until his set is there. */
  setToken(token: TokenSource): void {
    if (token !== null && typeof token !== "string" && typeof token !== "function") {
      throw argument("`setToken` needs a string, null, or a function that gives one");
    }
    this.#token = token;
    this.#use((engine) => {
      if (typeof token === "function") engine.tokenProviderChanged();
      else engine.setToken(token ?? undefined);
    }, undefined);
  }

  /**
   * The user works in another tenant from now on, or in none (null): as with another user, nothing
   * is granted until the set is there.
   */
  setTenant(tenant: string | null): void {
    checkTenant(tenant, argument);
    this.#use((engine) => engine.setTenant(tenant ?? undefined), undefined);
  }

  /** The user signed out: nothing is granted from here on, whatever answers still come. */
  signOut(): void {
    if (typeof this.#token !== "function") this.#token = null;
    this.#use((engine) => engine.signOut(), undefined);
  }

  /**
   * `fetch`, watched: a 401, a 403 or a `Permissions-Version` in the response counts. Requests to
   * trusted origins get the bearer token, unless they have an `Authorization` header.
   */
  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const epoch = this.#epoch();
    const request = this.#token === null ? undefined : new Request(input, init);
    if (request) await this.#authorize(request, epoch);
    const response = await (request ? globalThis.fetch(request) : globalThis.fetch(input, init));
    this.#observe(response, epoch);
    return response;
  }

  /** Watches a response that was got in another way. */
  observe(response: Response): void {
    this.#observe(response, this.#epoch());
  }

  /**
   * Shows and hides the elements tagged `data-permission` below a root, now and from now on.
   *
   * @throws PermgateError `invalid-argument` when there is no DOM or the root is no node of it
   */
  bind(root: Document | DocumentFragment | Element = globalThis.document): Binding {
    if (typeof Node === "undefined" || !(root instanceof Node)) {
      throw new PermgateError("invalid-argument", "`bind` needs a document, shadow root or element");
    }
    let inner = this.#use((engine) => engine.bind(root), undefined);
    const binding = {
      root,
      get size() {
        return inner?.size ?? 0;
      },
      refresh: () => this.#use(() => inner?.refresh(), undefined),
      disconnect: () => {
        this.#bound.delete(binding);
        this.#use(() => inner?.disconnect(), undefined);
        inner = undefined;
      },
    };
    this.#bound.add(binding);
    return binding;
  }

  /** Ends everything: nothing is granted, bound elements are hidden, nothing is fetched. */
  dispose(): void {
    const engine = this.#engine;
    if (!engine) return;
    this.#use(() => engine.dispose(), undefined);
    this.#end("idle");
    this.#listeners.tell("any", undefined);
    this.#listeners.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Waits until no load is under way. */
  #rest(): Promise<void> {
    const isLoading = this.#use((engine) => engine.isLoading(), false);
    return isLoading ? new Promise((resolve) => this.#resting.push(resolve)) : Promise.resolve();
  }

  /** @internal Waits until the token, if it is the only source, has been read. */
  async tokenIsRead(hasEndpoint: boolean): Promise<this> {
    if (!hasEndpoint) await this.#rest();
    return this;
  }

  #host(): Host {
    return {
      policies: async () => {
        const [catalogue, roles] = this.#policies;
        return Promise.all([policy(catalogue), policy(roles)]);
      },
      token: async () => (typeof this.#token === "function" ? this.#token() : this.#token),
      headers: async () => new Headers(await this.#headers?.()),
      outdated: () => this.#outdate(),
      published: (content, status) => this.#published(content, status),
      reported: (code, message, element) => {
        const error = new PermgateError(code as ErrorCode, message, element ? { element } : {});
        const isOfRequirement = ["malformed-requirement", "unknown-permission"].includes(code);
        if (isOfRequirement) this.#reportOnce(message, error);
        else this.#report(error);
      },
      rested: () => {
        for (const resolve of this.#resting.splice(0)) resolve();
      },
    };
  }

  /** The clock is read once in a turn of the event loop: reading it costs more than an answer. */
  #readClock(): void {
    if (this.#clockIsRead) return;
    this.#clockIsRead = true;
    queueMicrotask(() => {
      this.#clockIsRead = false;
    });
    this.#use((engine) => engine.turn(), undefined);
  }

  #can(requirement: string, resource?: string): boolean {
    return this.can(requirement as RequirementOf<string, Name>, resource);
  }

  /** Asks the module. Kept out of `can`, so that `can` stays small enough to be inlined. */
  #ask(requirement: unknown, resource: unknown): boolean {
    const problem = complaint(requirement, resource);
    if (problem || !isText(requirement) || !isTextOrAbsent(resource)) {
      this.#complain(typeof requirement, problem);
      return false;
    }
    const answer = this.#use((engine) => engine.decide(requirement, resource), undefined);
    if (answer === undefined) return false;
    if (answer === MALFORMED) {
      const why = this.#use((engine) => engine.complaint(requirement, resource), undefined);
      this.#complain(requirement, `\`${requirement.slice(0, 200)}\`: ${why}`);
    }
    this.#memo.set(requirement, resource, answer === GRANTED);
    return answer === GRANTED;
  }

  #askSomewhere(permission: unknown): boolean {
    const problem = complaint(permission, undefined);
    if (problem || !isText(permission)) {
      this.#complain(typeof permission, problem);
      return false;
    }
    const answer = this.#use((engine) => engine.somewhere(permission), undefined);
    if (answer === undefined) return false;
    if (answer === MALFORMED) {
      const why = this.#use((engine) => engine.complaint(permission, undefined), undefined);
      this.#complain(
        permission,
        `\`${permission.slice(0, 200)}\`: ${why ?? "`canSomewhere` asks for one permission"}`,
      );
    }
    this.#memo.setSomewhere(permission, answer === GRANTED);
    return answer === GRANTED;
  }

  /** Reports a requirement that cannot be read, once. */
  #complain(key: string, message: string): void {
    this.#reportOnce(key.slice(0, 200), new PermgateError("malformed-requirement", message));
  }

  #reportOnce(key: string, error: PermgateError): void {
    if (this.#reported.has(key) || this.#reported.size >= REPORTS_MAX) return;
    this.#reported.add(key);
    this.#report(error);
  }

  #epoch(): bigint {
    return this.#use((engine) => engine.epoch(), 0n);
  }

  /**
   * Adds the bearer token. The request was made before anything was awaited: what is judged here is
   * what is sent, whatever becomes of the application's arguments.
   */
  async #authorize(request: Request, epoch: bigint): Promise<void> {
    if (request.headers.has("Authorization") || !this.#guard.trusts(request.url)) return;
    const token = typeof this.#token === "function" ? await this.#token() : this.#token;
    // While it was awaited, the user may have become another one, or nobody.
    if (token && SENDABLE.test(token) && this.#engine && this.#epoch() === epoch) {
      request.headers.set("Authorization", `Bearer ${token}`);
    }
  }

  #observe(response: Response, epoch: bigint): void {
    const evidence = this.#guard.evidence(response);
    if (!evidence) return;
    this.#use((engine) => engine.observe(evidence.status, evidence.version, epoch), undefined);
    if (evidence.status === 403 && this.#listeners.has("forbidden")) {
      void forbidden(response).then((event) => this.#listeners.tell("forbidden", event));
    }
  }

  /** Forgets what was remembered of the answers. */
  #outdate(): void {
    this.#memo.clear();
    this.#snapshot = undefined;
  }

  #published(content: boolean, status: boolean): void {
    if (content && this.#listeners.has("change")) this.#listeners.tell("change", this.snapshot());
    if (status) this.#listeners.tell("status", this.status);
    this.#listeners.tell("any", undefined);
  }

  #report(error: PermgateError): void {
    // Nobody listens: whoever develops the application is told.
    if (this.#listeners.has("error")) this.#listeners.tell("error", error);
    else console.warn(error.message, ...(error.element ? [error.element] : []));
  }

  #listenerFailed(cause: unknown): void {
    const error = new PermgateError("listener", "a listener threw an error", { cause });
    // Not to the listeners: it may be one of theirs.
    console.error(error, cause);
  }

  /** Calls the module. What it throws is a crash: after that, nothing it says is believed. */
  #use<Answer, Otherwise>(
    call: (engine: Engine) => Answer,
    otherwise: Otherwise,
  ): Answer | Otherwise {
    const engine = this.#engine;
    if (!engine) return otherwise;
    try {
      return call(engine);
    } catch (cause) {
      this.#end("failed");
      for (const { root } of this.#bound) hideAll(root);
      this.#report(new PermgateError("crashed", "the module crashed; nothing is granted", { cause }));
      this.#listeners.tell("status", "failed");
      this.#listeners.tell("any", undefined);
      return otherwise;
    }
  }

  #end(status: Status): void {
    this.#engine = undefined;
    this.#absent = status;
    this.#outdate();
    for (const resolve of this.#resting.splice(0)) resolve();
  }
}

/** An argument that is not as it should be. */
function argument(message: string): PermgateError {
  return new PermgateError("invalid-argument", message);
}

function decision(outcome: Decision["outcome"], reason: Decision["reason"], message: string): Decision {
  return freeze({ outcome, reason, permission: null, grant: null, message });
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
