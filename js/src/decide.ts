/** Evaluates a permission document by the module itself, without timers and requests: for servers. */

import { Engine, type Host, initSync } from "#glue";
import { decision, freeze, snapshotOf } from "./answers.js";
import { Told } from "./border.js";
import { caught } from "./caught.js";
import { embedded } from "./embedded.js";
import { type ErrorCode, PermgateError, PermissionDeniedError, argument } from "./errors.js";
import type { Evaluated, Reading } from "./evaluated.js";
import { Loader } from "./loader.js";
import { type EngineOptions, engineOptions, invalid } from "./options.js";
import { type Asked, answer, check } from "./questions.js";
import { Reports } from "./reports.js";
import { type Member, runtime } from "./runtime.js";
import { isSame } from "./same.js";
import type { Decision, PermissionsOptions, Snapshot } from "./types.js";

export { PermgateError, PermissionDeniedError, argument };
export type { Evaluated, Reading };

/** How much is cached, and where mistakes are reported. */
export interface Keeping {
  /** The largest number of documents that are kept parsed; 500 by default. */
  readonly documents?: number;
  /**
   * Called once for each requirement that cannot be read and each name that is not in the catalogue; by default they
   * are written to the console.
   */
  readonly onError?: ((error: PermgateError) => void) | undefined;
}

/** How long one parsed document is used, in milliseconds: the module believes it for two days. */
const PARSED_FOR_MS = 60 * 60 * 1000;

/** More requirements than the routes of an application have. */
const MEMO_MAX = 200;
const MEMO_LENGTH_MAX = 200;

/** The accuracy of the order in which documents are dropped, in milliseconds. */
const ORDER_MS = 1_000;

/** How long an evaluation answers, in milliseconds: no request takes longer. */
const BELIEVED_FOR_MS = 60 * 60 * 1000;

const OLD = decision("unknown", "expired", "this was evaluated more than an hour ago; evaluate the document in each request");

/** The longest time that the module accepts. */
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The largest total length of the cached texts, in UTF-16 code units: the module uses about twice as much memory for
 * each.
 */
const CHARACTERS_MAX = 16_000_000;

const loader = new Loader(
  async () => runtime,
  () => (initSync(embedded()), runtime),
);

/** Stands for a document when nobody is signed in; no document is an empty text. */
const NOBODY = "";

const READING: readonly string[] = ["catalogue", "dialect", "format", "rolePermissions", "separator", "tenant"];

// Outside of the constructor, whose scope would hold an evaluator by its `onError`.
const NO_SURROUNDINGS = { end: () => undefined };

/** Reads documents of one kind. Parsed documents are cached by their texts, the most recently used ones. */
export class Evaluator implements Member {
  readonly #options: EngineOptions;
  readonly #documentsMax: number;
  readonly #reports: Reports;
  readonly #parsed = new Map<string, Parsed>();
  /** The documents that were read last, by their names. */
  readonly #last = new Map<string, { readonly json: string; readonly value: unknown }>();
  #characters = 0;

  /** @throws PermgateError `invalid-option`, `initialisation` */
  constructor(reading: Reading = {}, { documents = 500, onError }: Keeping = {}) {
    for (const [name, value] of Object.entries(reading)) {
      if (!READING.includes(name)) throw invalid(`there is no option \`${name}\` for reading documents; there are ${READING.join(", ")}`);
      if (typeof value === "function") throw invalid(`\`${name}\` must not be a function on a server; pass the value that it returns`);
    }
    loader.require();
    const longest = { ttlMs: DAY_MS, staleMs: DAY_MS, bootstrap: {}, tabs: false } satisfies PermissionsOptions;
    this.#options = engineOptions({ ...reading, ...longest });
    this.#documentsMax = Math.max(1, documents);
    this.#reports = new Reports((error) => (onError ? onError(error) : false));
    // The options are checked with the first document.
    engineOf({ ...this.#options, bootstrap: "[]" }, quiet(() => undefined)).free();
    runtime.join(this, NO_SURROUNDINGS);
  }

  /**
   * Evaluates a document, given as an object or its JSON. It is read in its current state; if `about` names it, it is
   * first compared with the last document of that name.
   *
   * @throws PermgateError `malformed-document`, `tenant-mismatch`, `crashed`, or another code that the module reports
   */
  read(document: object | string, about?: string): Evaluated {
    const json = typeof document === "string" ? document : this.#jsonOf(document, about);
    if (json === NOBODY) throw new PermgateError("malformed-document", "the document is an empty text; give an object, or its JSON");
    return new Evaluation(this, json, this.parsed(json));
  }

  /** The evaluation when nobody is signed in: nothing is granted. */
  nobody(): Evaluated {
    return new Evaluation(this, NOBODY, this.parsed(NOBODY));
  }

  /** @internal The document of a text, parsed. */
  parsed(json: string): Parsed {
    const now = Date.now();
    const kept = this.#parsed.get(json);
    // Updating its place in the order costs more than finding it: once a second is enough.
    if (kept && now - kept.usedAt < ORDER_MS && now >= kept.usedAt && now < kept.until) return kept;
    this.#forget(json);
    const isUsable = kept !== undefined && kept.at <= now && now - kept.at < PARSED_FOR_MS && now < kept.until;
    if (kept && !isUsable) free(kept);
    const parsed = isUsable ? kept : this.#parse(json, now);
    parsed.usedAt = now;
    this.#parsed.set(json, parsed);
    this.#characters += json.length;
    while (this.#parsed.size > this.#documentsMax || (this.#characters > CHARACTERS_MAX && this.#parsed.size > 1)) this.#dropOldest();
    return parsed;
  }

  /** How many documents are kept parsed. */
  get size(): number {
    return this.#parsed.size;
  }

  /** Frees all parsed documents; a document that is asked about again is parsed again. */
  clear(): void {
    while (this.#parsed.size > 0) this.#dropOldest();
    this.#last.clear();
  }

  /** @internal */
  get reports(): Reports {
    return this.#reports;
  }

  #parse(json: string, at: number): Parsed {
    runtime.require();
    let refused: PermgateError | undefined;
    let isRead = false;
    const host = quiet((code, message) => {
      const error = new PermgateError(code as ErrorCode, message);
      if (isRead) this.#reports.of(error);
      else refused ??= error;
    });
    const isNobody = json === NOBODY;
    const engine = engineOf({ ...this.#options, bootstrap: isNobody ? "[]" : json }, host);
    const { snapshot, status } = runtime.call(() => {
      engine.start();
      if (isNobody) engine.tell(Told.SignedOut);
      return { snapshot: snapshotOf(engine), status: engine.status() };
    });
    isRead = true;
    const parsed = { engine, snapshot, memo: new Map(), at, usedAt: at, until: snapshot.freshUntil ?? at };
    if (isNobody) return { ...parsed, until: Number.MAX_SAFE_INTEGER };
    if (!refused && status === "fresh") return parsed;
    engine.free();
    throw refused ?? new PermgateError("malformed-document", `the document was not taken: the set is ${status}`);
  }

  #jsonOf(document: object, about: string | undefined): string {
    const last = about === undefined ? undefined : this.#last.get(about);
    if (last && isSame(last.value, document)) return last.json;
    const json = JSON.stringify(document);
    if (about === undefined || typeof json !== "string" || json.length * this.#documentsMax > CHARACTERS_MAX) return json;
    this.#last.delete(about);
    this.#last.set(about, { json, value: JSON.parse(json) as unknown });
    if (this.#last.size <= this.#documentsMax) return json;
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      break;
    }
    return json;
  }

  #forget(json: string): void {
    if (this.#parsed.delete(json)) this.#characters -= json.length;
  }

  #dropOldest(): void {
    for (const [json, parsed] of this.#parsed) {
      this.#forget(json);
      return free(parsed);
    }
  }

  // INVARIANT: an engine of a crashed module is not freed: its address means something else in the next module.

  crashed(): void {
    for (const parsed of this.#parsed.values()) {
      parsed.engine = undefined;
      parsed.memo.clear();
    }
    this.#parsed.clear();
    this.#characters = 0;
  }

  restarted(): void {}
}

/** @internal A parsed document. */
interface Parsed {
  /** Undefined when it was dropped. */
  engine: Engine | undefined;
  readonly snapshot: Snapshot;
  /** The answers without a resource. */
  readonly memo: Map<string, boolean>;
  /** When it was parsed, in milliseconds since 1970. */
  readonly at: number;
  /** When it was last moved to the end of the order, in milliseconds since 1970. */
  usedAt: number;
  /** Until when the module considers it fresh: the document may shorten that. */
  readonly until: number;
}

function free(parsed: Parsed): void {
  parsed.engine?.free();
  parsed.engine = undefined;
}

/** @internal */
class Evaluation implements Evaluated, Asked {
  readonly askedAt = Date.now();
  readonly json: string;
  readonly isCrashed = true;
  readonly #evaluator: Evaluator;
  #parsed: Parsed;

  constructor(evaluator: Evaluator, json: string, parsed: Parsed) {
    this.#evaluator = evaluator;
    this.json = json;
    this.#parsed = parsed;
  }

  can(requirement: string, resource?: string): boolean {
    if (typeof requirement !== "string" || resource !== undefined || this.#isOld) return this.#can(requirement, resource);
    // The same few questions are asked of a document again and again; passing a text to the module costs more than
    // anything else.
    const { memo } = this.#parsed;
    const known = memo.get(requirement);
    if (known !== undefined) return known;
    const isGranted = this.#can(requirement);
    // An answer of a module that crashed meanwhile is not kept.
    if (!this.#parsed.engine || this.#parsed.memo !== memo || requirement.length > MEMO_LENGTH_MAX) return isGranted;
    if (memo.size >= MEMO_MAX) memo.clear();
    memo.set(requirement, isGranted);
    return isGranted;
  }

  #can(requirement: string, resource?: string): boolean {
    return answer(this, requirement, resource, (engine, asked, on) => engine.decide(asked, on));
  }

  canSomewhere(permission: string): boolean {
    return answer(this, permission, undefined, (engine, asked) => engine.somewhere(asked));
  }

  check(requirement: string, resource?: string): Decision {
    const decided = this.#isOld ? OLD : check(this, requirement, resource);
    if (!decided.provenance) return decided;
    const { askedAt } = this;
    return freeze({ ...decided, provenance: { ...decided.provenance, askedAt, ageMs: Math.max(0, Date.now() - askedAt) } });
  }

  require(requirement: string, resource?: string): void {
    const decided = this.check(requirement, resource);
    if (decided.outcome !== "granted") throw new PermissionDeniedError(decided);
  }

  snapshot(): Snapshot {
    const { askedAt } = this;
    const { snapshot } = this.#parsed;
    const later = askedAt - (snapshot.askedAt ?? askedAt);
    const moved = (moment: number | null) => (moment === null ? null : moment + later);
    const { freshUntil, expiresAt } = snapshot;
    return Object.freeze({ ...snapshot, askedAt, freshUntil: moved(freshUntil), expiresAt: moved(expiresAt) });
  }

  get about(): Pick<Snapshot, "subject" | "tenant" | "version"> {
    return this.#parsed.snapshot;
  }

  get #isOld(): boolean {
    return Date.now() - this.askedAt >= BELIEVED_FOR_MS;
  }

  // The interface `Asked`.

  get reports(): Reports {
    return this.#evaluator.reports;
  }

  readClock(): void {}

  /** Calls the module. If it throws, it has crashed, and its answer grants nothing. */
  use<Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise): Answer | Otherwise {
    if (this.#isOld) return otherwise;
    try {
      // If the document was dropped in the middle of a request, it is parsed once more.
      if (!this.#parsed.engine) this.#parsed = this.#evaluator.parsed(this.json);
      const { engine } = this.#parsed;
      return engine ? runtime.call(() => call(engine)) : otherwise;
    } catch {
      return otherwise;
    }
  }
}

function engineOf(options: EngineOptions, host: Host): Engine {
  try {
    return new Engine(options, host);
  } catch (cause) {
    if (typeof cause === "string") throw invalid(cause);
    runtime.crashed(cause);
    throw cause;
  }
}

/** A host that answers no requests: a document alone causes none. */
function quiet(reported: (code: string, message: string) => void): Host {
  const nothing = () => undefined;
  return caught<Host>({
    policies: nothing,
    token: nothing,
    renew: nothing,
    request: nothing,
    abort: nothing,
    renewed: nothing,
    settled: nothing,
    stepUp: nothing,
    openChannel: nothing,
    closeChannel: nothing,
    contend: nothing,
    yieldLead: nothing,
    tell: nothing,
    store: nothing,
    noticed: nothing,
    outdated: nothing,
    published: nothing,
    // An evaluation judges by the time of each question.
    arm: nothing,
    disarm: nothing,
    rested: nothing,
    reported,
  });
}
