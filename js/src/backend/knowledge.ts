/** Identifies senders and loads their documents: the module reads them, and outdated ones are refused. */

import { type Evaluated, Evaluator, PermgateError } from "../decide.js";
import type { ErrorCode } from "../errors.js";
import { Bounded } from "./bounded.js";
import { type Complaints, wordsOf } from "./complaints.js";
import { VERSION_MAX } from "./message.js";
import type { Identity, IncomingRequest, Settings } from "./options.js";
import { Problem, broken, unauthenticated, unavailable } from "./problem.js";
import type { Versions } from "./versions.js";

/** A sender and their permissions. */
export interface Known {
  readonly identity: Identity;
  readonly permissions: Evaluated;
  /** Null if the application provides none: then changes cannot be pushed. */
  readonly version: number | null;
}

/** How often a document is loaded again because the user's permissions changed meanwhile. */
const ATTEMPTS = 4;

/** How many users' documents are cached for `maxAgeMs`. */
const KEPT_MAX = 10_000;

/** Identifies senders and loads their documents. */
export class Knowledge<Context> {
  readonly #settings: Settings<Context>;
  readonly #versions: Versions;
  readonly #complaints: Complaints;
  readonly #evaluator: Evaluator;
  readonly #kept = new Bounded<{ readonly at: number; readonly known: Known }>(KEPT_MAX);
  /** Called with each version that is loaded. */
  readonly #seen: (subject: string, version: number) => void;

  constructor(settings: Settings<Context>, versions: Versions, complaints: Complaints, seen: (subject: string, version: number) => void) {
    const { dialect, separator, format, catalogue, rolePermissions } = settings;
    const reading = Object.entries({ dialect, separator, format, catalogue, rolePermissions }).filter(([, value]) => value !== undefined);
    this.#settings = settings;
    this.#versions = versions;
    this.#complaints = complaints;
    this.#seen = seen;
    this.#evaluator = new Evaluator(Object.fromEntries(reading), { onError: ({ code, message }) => complaints.of(code, message.replace(/^permgate: /, "")) });
  }

  /** What is wrong with a requirement; undefined if it can be read. */
  complaint(requirement: string): string | undefined {
    const { reason, message } = this.#evaluator.read({ permissions: [] }).check(requirement);
    return reason === "malformed-requirement" ? message : undefined;
  }

  /** The sender of a request; a problem when nobody is signed in. */
  async identity(request: IncomingRequest, context: Context): Promise<Identity | Problem> {
    try {
      const identity = await this.#settings.identify(request, context);
      if (identity === null || identity === undefined) return this.nobody("nobody is signed in, or the credentials are not valid; sign in");
      const { subject, expiresAt } = identity;
      if (typeof subject !== "string" || subject === "") throw new Error("`subject` must be a string that is not empty");
      if (expiresAt !== undefined && expiresAt !== null && Number.isNaN(Number(expiresAt))) throw new Error("`expiresAt` must be milliseconds since 1970");
      return isOver(identity) ? this.nobody("the session is over; sign in again") : identity;
    } catch (cause) {
      this.#complaints.of("identify", `\`identify\` failed: ${wordsOf(cause)}`, cause);
      return broken();
    }
  }

  nobody(detail: string): Problem {
    return unauthenticated(detail, this.#settings.challenge);
  }

  /** The permissions of a sender at this moment. */
  of(identity: Identity): Known | Problem | Promise<Known | Problem> {
    const { subject } = identity;
    const kept = this.#settings.maxAgeMs > 0 ? this.#kept.get(keyOf(identity)) : undefined;
    const age = kept ? Date.now() - kept.at : -1;
    if (kept && age >= 0 && age < this.#settings.maxAgeMs && (kept.known.version ?? -1) >= this.#versions.of(subject)) {
      return { ...kept.known, identity };
    }
    return this.fresh(identity);
  }

  /** The same, read from the store now. */
  async fresh(identity: Identity): Promise<Known | Problem> {
    const { subject } = identity;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [at, floor] = [Date.now(), this.#versions.of(subject)];
      const known = await this.#load(identity);
      if (known instanceof Problem) return known;
      const version = known.version ?? -1;
      if (version < floor) {
        const what = known.version === null ? "has no version any more" : "is older than one before";
        this.#complaints.of("older-version", `the document that \`load\` gave ${what}: versions must never go down, and replicas must not lag`, undefined, `\`${subject}\`: `);
        return unavailable(1);
      }
      // The permissions changed while the document was being loaded, which may be the earlier one.
      if (version < this.#versions.of(subject)) continue;
      if (known.version !== null) this.#seen(subject, known.version);
      if (this.#settings.maxAgeMs > 0) this.#kept.set(keyOf(identity), { at, known });
      return known;
    }
    return unavailable(1);
  }

  async #load(identity: Identity): Promise<Known | Problem> {
    const { subject } = identity;
    let loaded: unknown;
    try {
      loaded = await this.#settings.load(subject, identity);
    } catch (cause) {
      this.#complaints.of("load", `\`load\` failed: ${wordsOf(cause)}`, cause);
      return unavailable(2);
    }
    if (loaded === null || loaded === undefined) {
      this.#complaints.of("unknown-subject", "`load` knows no such user; end their sessions, and have `identify` give null", undefined, `\`${subject}\`: `);
      return this.nobody("there is no such user; sign in again");
    }
    try {
      const permissions = this.#evaluator.read(withSubject(loaded, identity), identity.subject);
      const { version, tenant } = permissions.about;
      if (tenant !== null && tenant !== (identity.tenant ?? tenant)) throw new PermgateError("tenant-mismatch", "it is about another tenant");
      if (version !== null && version > VERSION_MAX) throw new PermgateError("malformed-document", `\`version\` must be at most ${VERSION_MAX}`);
      return { identity, permissions, version };
    } catch (cause) {
      const code: ErrorCode = cause instanceof PermgateError ? cause.code : "malformed-document";
      const words = wordsOf(cause).replace(/^permgate: (the response is not a valid permission document: )?/, "");
      this.#complaints.of(code, `the document that \`load\` gave cannot be used: ${words}`, cause, `\`${subject}\`: `);
      return broken();
    }
  }
}

/** The key of a cached document. */
function keyOf({ subject, tenant }: Identity): string {
  return JSON.stringify([subject, tenant ?? null]);
}

/** Whether the credentials have expired. */
export function isOver({ expiresAt }: Identity, now = Date.now()): boolean {
  return typeof expiresAt === "number" && expiresAt <= now;
}

/** The document as it is sent: it has the subject, by which tags and pages tell users apart. */
function withSubject(loaded: unknown, { subject, tenant }: Identity): object {
  const document = Array.isArray(loaded) ? { permissions: loaded as unknown[] } : (loaded as { subject?: unknown });
  if (typeof document !== "object") throw new PermgateError("malformed-document", "an object is needed, such as `{ version, permissions }`");
  const named = (document as { subject?: unknown }).subject;
  if (named !== undefined && named !== subject) throw new PermgateError("subject-mismatch", "`subject` is another one than was asked for");
  return { subject, ...(typeof tenant === "string" && { tenant }), ...document };
}
