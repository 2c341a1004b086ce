/** One instance: the module's engine for one subject, the memory of its answers, and its surroundings. */

import type { Engine } from "#glue";
import { isBootstrapAlone, optionsAgain } from "./again.js";
import { NOTHING, freeze, snapshotOf, worded } from "./answers.js";
import { Bindings } from "./bindings.js";
import { Decided, Told } from "./border.js";
import { missing, patching } from "./chunks.js";
import { Credentials } from "./credentials.js";
import type { EarlyRequest } from "./early-request.js";
import { PermgateError } from "./errors.js";
import { Listeners } from "./events.js";
import { Guard } from "./guard.js";
import { type HoldingHost, hostOf } from "./host.js";
import { judgeOf } from "./judge.js";
import type { FirstLook } from "./look.js";
import { Memo } from "./memo.js";
import { type EngineOptions, aroundPage, engineOptions, invalid, ownAddresses, trustedOrigins } from "./options.js";
import { check } from "./questions.js";
import { Reports } from "./reports.js";
import type { Member, Runtime } from "./runtime.js";
import { Signing } from "./signing.js";
import { type Settings, Surroundings, stored } from "./surroundings.js";
import type { PermissionsEvents, PermissionsOptions, Snapshot, Status, TokenSource } from "./types.js";
import { inOwnZone, outside } from "./zone.js";

/** More tickets than one run of the module uses. */
const TICKETS_MAX = 2 ** 32;

/** Events, and `any` for listeners that only need to know that something has changed. */
type Events = PermissionsEvents & { any: undefined };

/**
 * One instance. It is held by the application, by its bindings and by listeners; other references to it (of timers,
 * streams, events of the page) must not hold it.
 */
export class Instance implements Member {
  readonly memo = new Memo();
  readonly guard: Guard;
  readonly credentials: Credentials;
  readonly bindings: Bindings;
  readonly policies: readonly [unknown, unknown];
  readonly listeners: Listeners<Events>;
  readonly reports = new Reports((error) => {
    error.message = worded(this.messages, error.code, error);
    return this.listeners.has("error") && this.listeners.tell("error", error);
  });
  readonly messages: PermissionsOptions["messages"];
  readonly #options: PermissionsOptions;
  readonly signing: Signing;
  readonly #runtime: Runtime;
  readonly #host: HoldingHost;
  readonly #surroundings: Surroundings;
  readonly #leave: () => void;
  /** Undefined after `dispose`, and after a crash until the module runs again: then nothing is granted. */
  #engine: Engine | undefined;
  #isRestarting = false;
  #absent: Status = "idle";
  #tenant: string | null;
  #isSignedOut = false;
  #snapshot: Snapshot | undefined;
  /** The last snapshot of a bootstrap without any other source. */
  #last: Snapshot | undefined;
  #resting: (() => void)[] = [];
  /** The first look of the page, until something is bound. */
  #firstLook: FirstLook | undefined;
  /** Whether the clock was read in this turn of the event loop: reading it costs more than an answer. */
  clockIsRead = false;
  /** Tickets below this one belong to a module that crashed. */
  firstTicket = 0;
  /** In the middle of a question, perhaps of a renderer: listeners are called afterwards. */
  #isAsked = false;
  #untold: (() => void)[] = [];
  #news = { content: false, status: false };

  constructor(options: PermissionsOptions, runtime: Runtime, settings: EngineOptions, early?: EarlyRequest) {
    this.#options = { ...options };
    this.messages = options.messages;
    this.#runtime = runtime;
    this.#tenant = options.tenant ?? null;
    const { signal, guard, headers, onForbidden, onUnauthenticated } = options;
    signal?.throwIfAborted();
    this.credentials = new Credentials(ownToken(options.token ?? null), onUnauthenticated && inOwnZone(onUnauthenticated));
    this.signing = early?.signing ?? new Signing(headers && inOwnZone(headers));
    this.policies = [options.catalogue, options.rolePermissions].map(ownFunction) as [unknown, unknown];
    this.listeners = new Listeners((cause) => this.#listenerFailed(cause), () => this.#hold());
    this.guard = new Guard(trustedOrigins(guard), ownAddresses(options), judgeOf(this), guard?.ignore);
    const there = weakly<Instance>(this);
    const around = aroundPage(options, settings.credentials);
    this.#surroundings = surroundingsOf(there, around);
    this.#host = hostOf(there, this.#surroundings, around.name, settings.credentials, early);
    const owner = {
      use: <Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise) => this.use(call, otherwise),
      check: (requirement: string, resource: string | undefined) => check(this, requirement, resource),
      report: (error: PermgateError) => this.reports.of(error),
    };
    this.bindings = new Bindings(owner, options.modes, options.messages);
    // Listeners of `forbidden` do not keep the instance alive: without its holders, no guarded request can be sent.
    if (onForbidden) this.listeners.add("forbidden", onForbidden, false);
    const all: EngineOptions = { ...settings };
    const kept = stored(around);
    if (kept !== undefined) all.stored = kept;
    if (early) all.began = early.began;
    runtime.require();
    try {
      this.#engine = outside(() => new runtime.glue.Engine(all, this.#host));
    } catch (cause) {
      throw typeof cause === "string" ? invalid(cause) : cause;
    }
    this.#leave = runtime.join(this, this.#surroundings);
    if (signal) endWith(signal, there, this.#surroundings);
    try {
      outside(() => {
        // Before messages are sent to other tabs.
        this.#surroundings.start(early?.channel());
        this.use((engine) => engine.start(), undefined);
        for (const text of early?.heard ?? []) this.use((engine) => engine.tell(Told.Tab, text), undefined);
        this.#firstLook = early?.look();
        this.#keepLook();
      });
      if (guard?.patch?.length) this.#patch(guard.patch);
    } catch (cause) {
      this.dispose();
      throw cause;
    }
  }

  /** Observes the page's own methods: at once if the chunk for this is there, else when it comes. */
  #patch(what: readonly ("fetch" | "xhr")[]): void {
    if (patching.now) return this.guard.patch(what);
    const failed = (cause: unknown) =>
      this.reports.of(new PermgateError("chunk", missing("patch.js", "requests of the page are not watched", cause), { cause }));
    void patching.load(failed).then((chunk) => chunk && (this.#engine || this.#isRestarting) && this.guard.patch(what));
  }

  /** Calls the module. If it throws, it has crashed, and it is not believed afterwards. */
  use<Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise): Answer | Otherwise {
    const engine = this.#engine;
    if (!engine) return otherwise;
    try {
      const answer = outside(call, engine);
      return this.#engine === engine ? answer : otherwise;
    } catch (cause) {
      this.#runtime.crashed(cause);
      return otherwise;
    }
  }

  // The interface of `questions.ts`, and other questions:

  /** Whether the bootstrap is the only source. */
  get isAlone(): boolean {
    return isBootstrapAlone(this.#options, this.credentials.token);
  }

  /** Whether there is no module because it crashed, not because the instance was disposed of. */
  get isCrashed(): boolean {
    return this.#absent === "failed";
  }

  get status(): Status {
    this.readClock();
    return this.use((engine) => engine.status() as Status, this.#absent);
  }

  snapshot(): Snapshot {
    this.readClock();
    this.#snapshot ??= this.use(snapshotOf, undefined);
    return (this.#snapshot ??= freeze({ ...NOTHING, status: this.#absent }));
  }

  /** Lets the module read the clock, once in a turn of the event loop. */
  readClock(): void {
    if (this.clockIsRead) return;
    this.clockIsRead = true;
    outside(this.#look);
  }

  // Made once: this is a quarter of the cost of a single question in its turn.
  readonly #look = (): void => {
    queueMicrotask(this.#turnOver);
    const before = this.#isAsked;
    this.#isAsked = true;
    try {
      this.#engine?.turn();
    } catch (cause) {
      this.#runtime.crashed(cause);
    } finally {
      this.#isAsked = before;
    }
  };

  readonly #turnOver = (): void => {
    this.clockIsRead = false;
  };

  // The life of an instance:

  /** Whether nothing is known yet, but an answer will come. */
  get #isAwaited(): boolean {
    const { status } = this;
    return this.#isRestarting || (!!this.#engine && (status === "idle" || status === "loading"));
  }

  whenReady(): Promise<Status> {
    return new Promise((resolve) => {
      const isAwaited = this.#isAwaited;
      if (!isAwaited) return resolve(this.status);
      const stop = this.listeners.add("any", () => {
        if (this.#isAwaited) return;
        stop();
        resolve(this.status);
      });
    });
  }

  /** Waits until no load is running. */
  rest(): Promise<void> {
    const isLoading = this.#isRestarting || this.use((engine) => engine.isLoading(), false);
    if (!isLoading) return Promise.resolve();
    return new Promise((resolve) => {
      this.#resting.push(resolve);
      this.#hold();
    });
  }

  rested(): void {
    for (const resolve of this.#resting.splice(0)) resolve();
    this.#hold();
  }

  refresh(): void {
    this.#isSignedOut = false;
    this.use((engine) => engine.tell(Told.Refresh), undefined);
  }

  setToken(token: TokenSource): void {
    this.credentials.token = ownToken(token);
    if (token !== null) this.#isSignedOut = false;
    this.use((engine) => {
      if (typeof token === "function") engine.tell(Told.TokenProvider);
      else engine.tell(Told.Token, token ?? undefined);
    }, undefined);
  }

  setTenant(tenant: string | null): void {
    this.#tenant = tenant;
    this.use((engine) => engine.tell(Told.Tenant, tenant ?? undefined), undefined);
  }

  signOut(): void {
    if (typeof this.credentials.token !== "function") this.credentials.token = null;
    this.#isSignedOut = true;
    this.use((engine) => engine.tell(Told.SignedOut), undefined);
  }

  /** The first look leaves the elements below a root to the binding, and hides all others. */
  bound(root: Node): void {
    this.#firstLook?.leave(root);
    this.#firstLook = undefined;
  }

  /** Hides elements that the first look shows and that are not granted. */
  #keepLook(): void {
    this.#firstLook?.keep((requirement) => this.use((engine) => engine.decide(requirement, undefined) === Decided.Granted, false));
  }

  dispose(): void {
    const engine = this.#engine;
    if (!engine && !this.#isRestarting) return;
    this.use(() => engine?.dispose(), undefined);
    this.bindings.letGo();
    this.#end("idle");
    this.listeners.tell("any", undefined);
    this.listeners.clear();
  }

  // Crashes:

  crashed(error: PermgateError, isFinal: boolean): void {
    this.#engine = undefined;
    this.#absent = "failed";
    this.#isRestarting = !isFinal;
    this.outdate();
    this.#keepLook();
    this.bindings.giveUp();
    if (isFinal) this.#end("failed");
    else this.#surroundings.rest();
    this.guard.settled();
    this.#news = { content: true, status: true };
    // The call that crashed may be one of a renderer.
    this.#asked(() =>
      this.#soon(() => {
        this.reports.tell(error);
        this.#tellNews();
      }),
    );
  }

  restarted(): void {
    if (!this.#isRestarting) return;
    this.#isRestarting = false;
    this.firstTicket += TICKETS_MAX;
    const { token } = this.credentials;
    const options = optionsAgain(this.#options, { token, tenant: this.#tenant, last: this.#last });
    if (!options) return this.#end("failed");
    this.#asked(() => this.begin(engineOptions(options)));
    if (!this.use((engine) => engine.isLoading(), true)) this.rested();
  }

  /** Starts again; bindings and listeners stay. */
  begin(settings: EngineOptions): void {
    const isSignedOut = this.#isSignedOut;
    try {
      this.#engine = outside(() => new this.#runtime.glue.Engine(settings, this.#host));
    } catch (cause) {
      return this.#runtime.crashed(cause);
    }
    if (isSignedOut) this.use((engine) => (engine.start(), engine.tell(Told.SignedOut)), undefined);
    // Other tabs already know that the user signed out.
    outside(() => this.#surroundings.join());
    if (!isSignedOut) this.use((engine) => engine.start(), undefined);
    this.bindings.again();
    this.published(true, true);
  }

  #end(status: Status): void {
    this.#engine = undefined;
    this.#isRestarting = false;
    this.#absent = status;
    this.#leave();
    this.outdate();
    this.#keepLook();
    this.#surroundings.end();
    this.guard.unpatch();
    this.guard.settled();
    this.rested();
  }

  // Notifications of the module:

  /** The application's own headers for a request. */
  readonly ownHeaders = (method: string, url: string): Promise<Headers> =>
    this.guard.unwatched(() => this.signing.headers(method, url));

  /** Forgets the remembered answers. */
  outdate(): void {
    this.memo.clear();
    this.#snapshot = undefined;
  }

  settled(): void {
    this.credentials.settled();
    this.guard.settled();
  }

  report(error: PermgateError): void {
    this.#soon(() => this.reports.of(error));
  }

  tell<Kind extends keyof Events>(kind: Kind, event: Events[Kind]): void {
    this.#soon(() => this.listeners.tell(kind, event));
  }

  published(content: boolean, status: boolean): void {
    this.#news = { content: this.#news.content || content, status: this.#news.status || status };
    if (this.isAlone) this.#last = this.use(snapshotOf, undefined);
    if (this.#isSignedOut) {
      this.#isSignedOut = this.use((engine) => engine.status(), "unauthenticated") === "unauthenticated";
    }
    this.#keepLook();
    this.#soon(() => this.#tellNews());
  }

  #tellNews(): void {
    const { content, status } = this.#news;
    this.#news = { content: false, status: false };
    if (!content && !status) return;
    if (content && this.listeners.has("change")) this.listeners.tell("change", this.snapshot());
    if (status) this.listeners.tell("status", this.status);
    this.listeners.tell("any", undefined);
  }

  /** Calls a function during which no listener is called. */
  #asked(act: () => void): void {
    const before = this.#isAsked;
    this.#isAsked = true;
    try {
      act();
    } finally {
      this.#isAsked = before;
    }
  }

  /** Calls listeners now, or in a microtask while a question is being asked. */
  #soon(tell: () => void): void {
    if (this.#isAsked) {
      this.#untold.push(tell);
      if (this.#untold.length === 1) outside(() => queueMicrotask(() => this.#tellUntold()));
      return;
    }
    this.#tellUntold();
    tell();
  }

  #tellUntold(): void {
    for (const tell of this.#untold.splice(0)) tell();
  }

  #listenerFailed(cause: unknown): void {
    const error = new PermgateError("listener", "a listener threw an error", { cause });
    // Not reported to listeners: the error may come from one of them.
    console.error(error, cause);
  }

  /** Updates whether someone waits for a notification. */
  #hold(): void {
    this.#host.held = this.listeners.size > 0 || this.#resting.length > 0 ? this : undefined;
  }
}

// INVARIANT: these closures are made outside the constructor: inside, they would share a scope with closures that hold
// the instance, and would hold it, too.

function weakly<Held extends object>(held: Held): () => Held | undefined {
  const reference = new WeakRef(held);
  return () => reference.deref();
}

function surroundingsOf(there: () => Instance | undefined, around: Settings): Surroundings {
  return new Surroundings(
    around,
    async (input, init) => (there()?.guard.nativeFetch ?? fetch)(input, init),
    async (url) => there()?.ownHeaders("GET", url) ?? new Headers(),
    (response, url) => there()?.signing.heed(response, url) ?? false,
    (call) => there()?.use(call, undefined),
  );
}

function endWith(signal: AbortSignal, there: () => Instance | undefined, { ending }: Surroundings): void {
  signal.addEventListener("abort", () => there()?.dispose(), { signal: ending });
}

/** A function of the application, bound to the zone in which it was passed; other values unchanged. */
function ownFunction(given: unknown): unknown {
  return typeof given === "function" ? inOwnZone(given as () => unknown) : given;
}

function ownToken(token: TokenSource): TokenSource {
  return ownFunction(token) as TokenSource;
}
