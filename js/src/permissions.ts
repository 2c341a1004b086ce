/** The object that applications hold: one subject's permissions, kept fresh. */
/// <reference lib="esnext.disposable" preserve="true" />

import type { Engine, Host } from "#glue";
import { type Checked, NOTHING, decision, freeze, shown } from "./answers.js";
import { Bindings } from "./bindings.js";
import { Credentials } from "./credentials.js";
import { type ErrorCode, PermgateError, PermissionDeniedError, argument } from "./errors.js";
import { Listeners } from "./events.js";
import { Guard, type Judge, type Observable } from "./guard.js";
import { Memo } from "./memo.js";
import type { RequirementOf, RequirementsOf } from "./names.js";
import { Reports } from "./reports.js";
import { complaint, isText, isTextOrAbsent } from "./question.js";
import { aroundPage, checkTenant, engineOptions, invalid, ownAddresses, policy, trustedOrigins } from "./options.js";
import { NAVIGATED, Surroundings } from "./surroundings.js";
import type {
  Activity,
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

/** What `on` tells. */
const EVENTS = ["change", "status", "error", "forbidden", "stepUp", "activity"] as const;

/** One subject's permissions. Made by `createPermissions`. */
export class Permissions<Name extends string = string> {
  /** None after `dispose` and after a crash: then nothing is granted. */
  #engine: Engine | undefined;
  readonly #memo = new Memo();
  readonly #guard: Guard;
  readonly #surroundings: Surroundings;
  readonly #headers: PermissionsOptions["headers"];
  readonly #policies: readonly [unknown, unknown];
  readonly #listeners: Listeners<PermissionsEvents & { any: undefined }>;
  readonly #bindings: Bindings;
  readonly #reports = new Reports((error) => this.#listeners.has("error") && this.#listeners.tell("error", error));
  readonly #credentials: Credentials;
  #snapshot: Snapshot | undefined;
  #absent: Status = "idle";
  #resting: (() => void)[] = [];
  #clockIsRead = false;

  /** @internal */
  constructor(options: PermissionsOptions, Module: typeof Engine) {
    const settings = engineOptions(options);
    this.#credentials = new Credentials(options.token ?? null, options.onUnauthenticated);
    this.#headers = options.headers;
    this.#policies = [options.catalogue, options.rolePermissions];
    this.#listeners = new Listeners((cause) => this.#listenerFailed(cause));
    this.#guard = new Guard(
      trustedOrigins(options.guard),
      ownAddresses(options),
      this.#judge(),
      options.guard?.ignore,
    );
    this.#surroundings = new Surroundings(
      aroundPage(options, settings.credentials),
      (input, init) => this.#guard.nativeFetch(input, init),
      () => this.#ownHeaders(),
      (call) => this.#use(call, undefined),
    );
    const check = (requirement: string, resource?: string) => this.check(requirement as RequirementOf<string, Name>, resource);
    const report = (error: PermgateError) => this.#reports.of(error);
    this.#bindings = new Bindings({ use: (call, otherwise) => this.#use(call, otherwise), check, report }, options.modes);
    if (options.onForbidden) this.on("forbidden", options.onForbidden);
    const stored = this.#surroundings.stored();
    try {
      this.#engine = new Module(stored === undefined ? settings : { ...settings, stored }, this.#host());
    } catch (cause) {
      throw typeof cause === "string" ? invalid(cause) : cause;
    }
    try {
      // Before anything is told to other tabs.
      this.#surroundings.start();
      this.#use((engine) => engine.start(), undefined);
      this.#guard.patch(options.guard?.patch ?? []);
    } catch (cause) {
      this.dispose();
      throw cause;
    }
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
      const checked = engine.check(requirement, resource) as Checked;
      if (checked.reason !== "malformed-requirement") return shown(checked);
      return shown({ ...checked, message: engine.complaint(requirement, resource) ?? checked.message });
    }, crashed);
  }

  /**
   * Calls with the decision on a requirement, before this returns and whenever its outcome is another one: for a
   * route or widget that goes when its permission goes. Gives back how to stop that.
   */
  watch<Text extends string>(
    requirement: RequirementOf<Text, Name>,
    listener: (decision: Decision) => void,
    resource?: string,
  ): () => void {
    if (typeof listener !== "function") throw argument("`watch` needs a requirement and a function");
    let last: Decision["outcome"] | undefined;
    const look = () => {
      const decision = this.check<Text>(requirement, resource);
      if (decision.outcome === last) return;
      last = decision.outcome;
      listener(decision);
    };
    look();
    return this.#listeners.add("any", look);
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

  /** What is held is out of date: it is fetched again, and answers for a short time. */
  invalidate(): void {
    this.#use((engine) => engine.invalidate(), undefined);
  }

  /** The token is another one from now on. If it is another user's, nothing is granted until his set is there. */
  setToken(token: TokenSource): void {
    if (token !== null && typeof token !== "string" && typeof token !== "function") {
      throw argument("`setToken` needs a string, null, or a function that gives one");
    }
    this.#credentials.token = token;
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
    if (typeof this.#credentials.token !== "function") this.#credentials.token = null;
    this.#use((engine) => engine.signOut(), undefined);
  }

  /**
   * `fetch`, watched: a 401, a 403 or a `Permissions-Version` in the response counts. Requests to
   * trusted origins get the bearer token, unless they have an `Authorization` header. One that meets
   * a 401 waits for new credentials of the same user, if there is a way to them, and is sent again
   * once.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    return this.#guard.fetch(input, init);
  }

  /** Numbers the credentials of now: taken before a request is sent in another way, for `observe`. */
  ticket(): number {
    return this.#guard.ticket();
  }

  /**
   * Watches a response that was got in another way than by `fetch`. Resolves to true when the
   * request is to be sent again with the credentials of now, once; the answer to that is observed as
   * a replay.
   */
  observe(response: Observable, ticket?: number, isReplay = false): Promise<boolean> {
    return this.#guard.observe(response, ticket, isReplay);
  }

  /** The user went to another view: the set is asked for, unless it was just now or a stream is alive. */
  notifyNavigation(): void {
    this.#use((engine) => engine.life(NAVIGATED), undefined);
  }

  /**
   * Shows and hides the elements tagged `data-permission` below a root, now and from now on.
   *
   * @throws PermgateError `invalid-argument` when there is no DOM or the root is no node of it
   */
  bind(root: Document | DocumentFragment | Element = globalThis.document): Binding {
    return this.#bindings.bind(root);
  }

  /** Ends everything: nothing is granted, bound elements are hidden, nothing is fetched. */
  dispose(): void {
    const engine = this.#engine;
    if (!engine) return;
    this.#use(() => engine.dispose(), undefined);
    this.#bindings.letGo();
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
        return this.#guard.unwatched(() => Promise.all([policy(catalogue), policy(roles)]));
      },
      token: async () => this.#guard.unwatched(() => this.#credentials.bearer()),
      headers: () => this.#ownHeaders(),
      renew: () => this.#credentials.renew((call) => this.#guard.renewing(call)),
      send: (request) => this.#guard.nativeFetch(request),
      renewed: (token) => void (this.#credentials.token = token),
      settled: () => {
        this.#credentials.settled();
        this.#guard.settled();
      },
      stepUp: (acr, maxAge, scope) => {
        const event = { acrValues: acr ?? null, maxAgeSeconds: maxAge ?? null, scope: scope ?? null };
        this.#listeners.tell("stepUp", event);
      },
      noticed: (kind, what, transport) => {
        const activity = transport ? { kind, what, transport } : { kind, what };
        this.#listeners.tell("activity", activity as Activity);
      },
      ...this.#surroundings.hands(),
      outdated: () => this.#outdate(),
      published: (content, status) => this.#published(content, status),
      reported: (code, message, element) => {
        this.#reports.of(new PermgateError(code as ErrorCode, message, element ? { element } : {}));
      },
      rested: () => {
        for (const resolve of this.#resting.splice(0)) resolve();
      },
    };
  }

  async #ownHeaders(): Promise<Headers> {
    return new Headers(await this.#guard.unwatched(() => this.#headers?.()));
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
    return this.#answer(requirement, resource, (engine, asked, on) => {
      const answer = engine.decide(asked, on);
      this.#memo.set(asked, on, answer === GRANTED);
      return answer;
    });
  }

  #askSomewhere(permission: unknown): boolean {
    return this.#answer(permission, undefined, (engine, asked) => {
      const answer = engine.somewhere(asked);
      this.#memo.setSomewhere(asked, answer === GRANTED);
      return answer;
    });
  }

  /** Asks the module something that may be malformed. */
  #answer(
    requirement: unknown,
    resource: unknown,
    ask: (engine: Engine, requirement: string, resource: string | undefined) => number,
  ): boolean {
    const problem = complaint(requirement, resource);
    if (problem || !isText(requirement) || !isTextOrAbsent(resource)) {
      this.#reports.malformed(typeof requirement, problem);
      return false;
    }
    const answer = this.#use((engine) => ask(engine, requirement, resource), undefined);
    if (answer === MALFORMED) {
      const why = this.#use((engine) => engine.complaint(requirement, resource), undefined);
      const what = why ?? "`canSomewhere` asks for one permission";
      this.#reports.malformed(requirement, `\`${requirement.slice(0, 200)}\`: ${what}`);
    }
    return answer === GRANTED;
  }

  #judge(): Judge {
    return {
      ticket: () => this.#use((engine) => engine.ticket(), 0),
      observe: (...what) => this.#use((engine) => engine.observe(...what), undefined),
      verdict: (ticket) => this.#use((engine) => engine.verdict(ticket), 0),
      hasToken: () => this.#credentials.token !== null,
      bearer: () => this.#credentials.bearer(),
      seen: (token) => this.#use((engine) => engine.tokenSeen(token), undefined),
      wantsForbidden: () => this.#listeners.has("forbidden"),
      forbidden: (event) => this.#listeners.tell("forbidden", event),
    };
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
      this.#bindings.giveUp();
      this.#reports.tell(new PermgateError("crashed", "the module crashed; nothing is granted", { cause }));
      this.#listeners.tell("status", "failed");
      this.#listeners.tell("any", undefined);
      return otherwise;
    }
  }

  #end(status: Status): void {
    this.#engine = undefined;
    this.#absent = status;
    this.#outdate();
    this.#surroundings.end();
    this.#guard.unpatch();
    this.#guard.settled();
    for (const resolve of this.#resting.splice(0)) resolve();
  }
}
