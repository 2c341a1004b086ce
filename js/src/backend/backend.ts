/** A back end for permgate: the document, streams and long polls of the contract, and enforcement by the module itself. */

import { createHash } from "node:crypto";
import { type Evaluated, PermgateError, argument } from "../decide.js";
import type { RequirementOf } from "../names.js";
import type { RegisteredName } from "../register.js";
import { type Answer, isHeld, toResponse, versionField } from "./answers.js";
import { Announcer, inTurns } from "./announcer.js";
import { Complaints } from "./complaints.js";
import { corsHeaders, preflightHeaders } from "./cors.js";
import { Knowledge, type Known } from "./knowledge.js";
import { Listeners } from "./listeners.js";
import { type BackendOptions, type Identity, type IncomingRequest, type PermissionDocument, type Settings, settingsOf } from "./options.js";
import { Poll } from "./poll.js";
import { Problem, broken, forbidden, malformed, tooMany, unavailable } from "./problem.js";
import { type Parameters, type ResourceOf, resourceOf } from "./resource.js";
import type { Route } from "./routes.js";
import { Stream } from "./stream.js";
import { Versions } from "./versions.js";

/** The sender of a request, their permissions, and the version of these. */
export interface Granted {
  readonly identity: Identity;
  readonly permissions: Evaluated;
  readonly version: number | null;
}

/** Optional details of a change. */
export interface Change {
  /** The names that were revoked: pages hide them before they load the new set. Exact names, without `*`. */
  readonly revoked?: readonly string[];
  /** The version after the change; if it is missing, it is asked for. */
  readonly version?: number;
}

/** @internal */
export interface Admitted {
  readonly granted: Granted;
  readonly refusal?: undefined;
}

/** @internal */
export interface Refused {
  readonly granted?: undefined;
  readonly refusal: Answer;
}

/** The options of a requirement. */
export interface RequireOptions<Context> {
  /** The resource that the request is about; without it, the requirement is decided in general. */
  readonly resource?: ResourceOf<Context>;
}

/** The memory of one request. */
interface Asking {
  readonly known: Promise<Known | Problem>;
  admitted: Granted | undefined;
}

/** The key of a request: the framework's own object, which all its middleware share. */
function keyOf(request: IncomingRequest | null, context: unknown): object {
  return typeof context === "object" && context !== null ? context : (request ?? NOBODY);
}

const NOBODY = {};

/** The longest wait of a long poll, in seconds: proxies close a connection after 60. */
const WAIT_MAX_SECONDS = 55;

/** A back end. `Context` is the framework's own object for a request. */
export class Backend<Context = unknown> {
  readonly #settings: Settings<Context>;
  readonly #complaints: Complaints;
  readonly #versions = new Versions();
  readonly #listeners: Listeners;
  readonly #announcer: Announcer;
  readonly #knowledge: Knowledge<Context>;
  /** One load for everything that belongs to one request. */
  readonly #asked = new WeakMap<object, Asking>();
  #isClosed = false;

  /** @internal */
  constructor(options: BackendOptions<Context>) {
    this.#settings = settingsOf(options);
    this.#complaints = new Complaints(options.onError);
    this.#listeners = new Listeners(() => this.#announcer.look());
    const seen = (subject: string, version: number) => this.#announcer.seen(subject, version);
    this.#knowledge = new Knowledge(this.#settings, this.#versions, this.#complaints, seen);
    this.#announcer = new Announcer(options.bus, this.#listeners, this.#versions, (subjects) => this.#ask(subjects), this.#complaints);
  }

  /** Answers `GET` with the permission document; with `?wait=25&version=42` as a long poll. */
  async document(request: IncomingRequest, context: Context): Promise<Response> {
    return toResponse(await this.answer("document", request, context));
  }

  /** Answers `GET` with a stream of server-sent events. */
  async events(request: IncomingRequest, context: Context): Promise<Response> {
    return toResponse(await this.answer("events", request, context));
  }

  /**
   * Whether a requirement is granted for a request: resolves to the sender and their permissions, or to the response
   * that refuses the request.
   */
  async require<Text extends string>(
    requirement: RequirementOf<Text, RegisteredName>,
    request: IncomingRequest,
    context: Context,
    options: RequireOptions<Context> & { readonly parameters?: Parameters } = {},
  ): Promise<Granted | Response> {
    const { granted, refusal } = await this.admit(requirement, request, context, options, options.parameters ?? {});
    return granted ?? toResponse(refusal);
  }

  /** The sender and their permissions; null when nobody is signed in, or this is not known at the moment. */
  async granted(request: IncomingRequest, context: Context): Promise<Granted | null> {
    const known = await this.#known(request, context);
    return known instanceof Problem ? null : known;
  }

  /**
   * The document of the user who sends a request, for pages that this server renders, without a request to
   * itself: `evaluate(await backend.documentOf(request, context))`. Null when nobody is signed in.
   *
   * @throws PermgateError `load` when the user or their permissions cannot be loaded; `onError` gets the reason
   */
  async documentOf(request: IncomingRequest, context: Context): Promise<PermissionDocument | null> {
    const known = await this.#known(request, context);
    if (!(known instanceof Problem)) return JSON.parse(known.permissions.json) as PermissionDocument;
    if (known.status === 401) return null;
    throw new PermgateError("load", known.detail);
  }

  /** The value of `Permissions-Version` for a response to this sender, as of now. */
  versionHeader({ identity: { subject }, version }: Granted): string | null {
    return version === null ? null : versionField(subject, Math.max(version, this.#versions.of(subject)));
  }

  /**
   * Announces that the permissions of users changed, after the change was committed. Resolves when the streams of this
   * node are notified; other nodes are notified as soon as the bus works.
   *
   * @throws PermgateError `invalid-argument`
   */
  async changed(subjects: string | readonly string[], { revoked = [], version }: Change = {}): Promise<void> {
    const all: readonly unknown[] = Array.isArray(subjects) ? subjects : [subjects];
    if (!all.every((subject): subject is string => typeof subject === "string" && subject !== "")) throw argument("`changed` needs the subject whose permissions changed");
    if (!Array.isArray(revoked) || !revoked.every((name) => typeof name === "string")) throw argument("`revoked` must be an array of names");
    if (version !== undefined && !Number.isSafeInteger(version)) throw argument("`version` must be a whole number");
    await inTurns(all, (subject) => this.#announcer.changed(subject, version, revoked));
  }

  /**
   * Ends the streams of a user, on every node, or only those of one session. Delete the session first: a node that the
   * announcement does not reach calls `identify` again, and ends the streams that it refuses.
   *
   * @throws PermgateError `invalid-argument`
   */
  ended(subject: string, session?: string): void {
    if (typeof subject !== "string" || !["string", "undefined"].includes(typeof session)) throw argument("`ended` needs a subject, and a session or none");
    this.#announcer.ended(subject, session);
  }

  /** How many streams and long polls are open on this node. */
  get streams(): number {
    return this.#listeners.size;
  }

  /** Shuts down: streams end, so that pages open them elsewhere, and the bus is closed. */
  close(): void {
    this.#isClosed = true;
    for (const listener of this.#listeners.all()) listener.closed();
    this.#announcer.close();
  }

  // For the bridges:

  /** @internal Answers one of the contract's routes, even after an error. */
  async answer(what: Route, request: IncomingRequest, context: Context): Promise<Answer> {
    const { origins } = this.#settings;
    const { method, headers } = request;
    if (method === "OPTIONS") {
      const cors = preflightHeaders(origins, headers.get("origin"), headers.get("access-control-request-headers"));
      return { status: 204, headers: { Allow: "GET, HEAD, OPTIONS", Vary: "Origin", ...cors }, body: null };
    }
    if (method !== "GET" && method !== "HEAD") {
      return this.#refusal(new Problem(405, ["method-not-allowed", "Method not allowed"], "only GET is answered here", {}, { Allow: "GET, HEAD, OPTIONS" }), request);
    }
    let answer: Answer | Problem;
    try {
      answer = await (what === "events" ? this.#events(request, context) : this.#document(request, context));
    } catch (cause) {
      this.#complaints.of("load", "a request could not be answered", cause);
      answer = broken();
    }
    if (answer instanceof Problem) return this.#refusal(answer, request);
    return { ...answer, headers: { ...answer.headers, ...this.#cors(request, answer.headers["Vary"]) } };
  }

  /** @internal Whether a requirement is granted for a request, or the answer that refuses the request. */
  async admit(requirement: string, request: IncomingRequest, context: Context, options: RequireOptions<Context>, parameters: Parameters): Promise<Admitted | Refused> {
    let decided: Granted | Problem;
    try {
      decided = await this.#decide(requirement, request, context, options, parameters);
    } catch (cause) {
      this.#complaints.of("load", "a requirement could not be decided", cause);
      decided = broken();
    }
    if (decided instanceof Problem) {
      const refusal = this.#refusal(decided, request);
      return { refusal: { ...refusal, headers: { ...refusal.headers, ...(await this.#versionOf(request, context)) } } };
    }
    const asking = this.#asked.get(keyOf(request, context));
    if (asking) asking.admitted = decided;
    return { granted: decided };
  }

  /** @internal The sender that `admit` has admitted. */
  admitted(context: Context): Granted | null {
    return this.#asked.get(keyOf(null, context))?.admitted ?? null;
  }

  /** @internal The headers of every response of the API. */
  headersFor(request: IncomingRequest, granted: Granted | null): Record<string, string> {
    const version = granted && this.versionHeader(granted);
    return { ...(version !== null && { "Permissions-Version": version }), ...(this.#settings.origins.length > 0 && this.#cors(request)) };
  }

  /** @internal Refuses a requirement that cannot be read, when a route is defined. */
  checkRequirement(requirement: string): void {
    const complaint = typeof requirement === "string" ? this.#knowledge.complaint(requirement) : "it is no string";
    if (complaint !== undefined) throw new PermgateError("malformed-requirement", `\`${String(requirement)}\`: ${complaint}`);
  }

  async #decide(requirement: string, request: IncomingRequest, context: Context, { resource }: RequireOptions<Context>, parameters: Parameters): Promise<Granted | Problem> {
    const known = await this.#known(request, context);
    if (known instanceof Problem) return known;
    let on: string | null | undefined;
    try {
      on = resource === undefined ? undefined : resourceOf(resource, context, parameters);
    } catch (cause) {
      this.#complaints.of("invalid-option", "`resource` of a requirement failed", cause);
      return broken();
    }
    if (on === null) return forbidden(requirement, "no-resource", known.version);
    if (known.permissions.can(requirement, on)) return known;
    const { reason } = known.permissions.check(requirement, on);
    return reason === "crashed" ? unavailable(2) : forbidden(requirement, reason, known.version);
  }

  /** Loads once for each request. */
  #known(request: IncomingRequest, context: Context): Promise<Known | Problem> {
    const key = keyOf(request, context);
    const before = this.#asked.get(key);
    if (before) return before.known;
    const known = this.#load(request, context);
    this.#asked.set(key, { known, admitted: undefined });
    return known;
  }

  /** The version for a refused sender, if it is known: pages compare it with theirs. */
  async #versionOf(request: IncomingRequest, context: Context): Promise<Record<string, string>> {
    const known = await this.granted(request, context).catch(() => null);
    const version = known && this.versionHeader(known);
    return version === null ? {} : { "Permissions-Version": version };
  }

  #refusal(problem: Problem, request: IncomingRequest): Answer {
    const answer = problem.answer();
    return { ...answer, headers: { ...answer.headers, ...this.#cors(request, answer.headers["Vary"]) } };
  }

  #cors(request: IncomingRequest, vary?: string): Record<string, string> {
    const { origins } = this.#settings;
    if (origins.length === 0) return {};
    return { ...corsHeaders(origins, request.headers.get("origin")), Vary: vary ? `${vary}, Origin` : "Origin" };
  }

  async #load(request: IncomingRequest, context: Context): Promise<Known | Problem> {
    const identity = await this.#knowledge.identity(request, context);
    return identity instanceof Problem ? identity : await this.#knowledge.of(identity);
  }

  async #document(request: IncomingRequest, context: Context): Promise<Answer | Problem> {
    const query = new URL(request.url, "http://localhost").searchParams;
    if (query.has("wait")) return this.#poll(request, context, query);
    const known = await this.#known(request, context);
    return known instanceof Problem ? known : this.#answerWith(known, request);
  }

  /** The answer to a request for the document: 304 if the page has it already. */
  #answerWith(known: Known, request: IncomingRequest): Answer {
    const { json } = known.permissions;
    const tag = `"${createHash("sha256").update(json).digest("base64url")}"`;
    const version = known.version === null ? null : versionField(known.identity.subject, known.version);
    const headers = {
      "Cache-Control": "no-store",
      Vary: "Authorization, Cookie",
      ETag: tag,
      ...(version !== null && { "Permissions-Version": version }),
    };
    if (isHeld(request.headers.get("if-none-match"), tag)) return { status: 304, headers, body: null };
    return { status: 200, headers: { ...headers, "Content-Type": "application/json" }, body: json };
  }

  async #events(request: IncomingRequest, context: Context): Promise<Answer | Problem> {
    const identity = await this.#admitted(request, context);
    if (identity instanceof Problem) return identity;
    // The stream listens first, and then the store is read: no change in between is missed.
    const stream = new Stream(identity, this.#listeners, this.#settings.heartbeatMs, () => this.#isStillGood(request, context, identity));
    const known = await this.#versioned(identity);
    const problem = known instanceof Problem ? known : stream.isOver ? this.#knowledge.nobody("the session is over; sign in again") : undefined;
    if (!problem && request.method !== "HEAD") return stream.answer(() => this.#versions.of(identity.subject));
    stream.abandon();
    return problem ?? { ...stream.answer(() => 0), body: null };
  }

  async #poll(request: IncomingRequest, context: Context, query: URLSearchParams): Promise<Answer | Problem> {
    const [wait, held] = ["wait", "version"].map((name) => Number(/^\d{1,15}$/.exec(query.get(name) ?? "")?.[0] ?? NaN)) as [number, number];
    if (Number.isNaN(wait) || Number.isNaN(held)) return malformed("`wait` must be whole seconds and `version` a whole number, as in `?wait=25&version=42`");
    const identity = await this.#admitted(request, context);
    if (identity instanceof Problem) return identity;
    const poll = new Poll(identity, this.#listeners, () => this.#isStillGood(request, context, identity));
    const known = await this.#versioned(identity);
    if (known instanceof Problem || known.version !== held || request.method === "HEAD") {
      poll.abandon();
      return known instanceof Problem ? known : this.#answerWith(known, request);
    }
    const why = await poll.wait(held, Math.min(wait, WAIT_MAX_SECONDS) * 1_000, request.signal);
    if (why === "ended") return this.#knowledge.nobody("the session is over; sign in again");
    if (why === "changed") {
      const changed = await this.#versioned(identity);
      return changed instanceof Problem ? changed : this.#answerWith(changed, request);
    }
    const headers = { "Cache-Control": "no-store", Vary: "Authorization, Cookie", "Permissions-Version": versionField(identity.subject, held) };
    return { status: 204, headers, body: null };
  }

  /** The sender, if one more stream may be open. */
  async #admitted(request: IncomingRequest, context: Context): Promise<Identity | Problem> {
    if (this.#isClosed) return unavailable(1);
    const identity = await this.#knowledge.identity(request, context);
    if (identity instanceof Problem) return identity;
    return this.#listeners.countOf(identity.subject) < this.#settings.streamsPerSubject ? identity : tooMany();
  }

  /** A sender's permissions, if changes can be pushed. */
  async #versioned(identity: Identity): Promise<Known & { version: number } | Problem> {
    const known = await this.#knowledge.of(identity);
    if (known instanceof Problem) return known;
    const { version } = known;
    if (version !== null) return { ...known, version };
    this.#complaints.of("no-push", "the document that `load` gave has no `version`: without one, changes cannot be pushed");
    return broken();
  }

  async #isStillGood(request: IncomingRequest, context: Context, { subject, session }: Identity): Promise<boolean> {
    const now = await this.#knowledge.identity(request, context);
    // If this is not known, the stream goes on: the document is refused anyway.
    if (now instanceof Problem) return now.status !== 401;
    return now.subject === subject && (now.session ?? null) === (session ?? null);
  }

  async #ask(subjects: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
    const { versions } = this.#settings;
    if (versions) {
      const found = await versions(subjects);
      return found instanceof Map ? found : new Map(Object.entries(found));
    }
    const found = new Map<string, number | null>();
    await inTurns(subjects, async (subject) => {
      const [listener] = this.#listeners.of(subject);
      const known = await this.#knowledge.fresh(listener?.identity ?? { subject });
      if (!(known instanceof Problem)) found.set(subject, known.version);
      // 401: the user no longer exists.
      else if (known.status !== 401) found.set(subject, null);
    });
    return found;
  }
}

/**
 * Makes a back end. It checks the options, and starts only to listen to the bus.
 *
 * @throws PermgateError `invalid-option`
 */
export function createBackend<Context = unknown>(options: BackendOptions<Context>): Backend<Context> {
  return new Backend(options);
}
