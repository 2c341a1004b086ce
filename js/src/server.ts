/** The entry for servers that render pages: evaluates a document by the module, and hands the answers to the browser. */

import { said } from "./answers.js";
import { type Evaluated, Evaluator, PermgateError, PermissionDeniedError, argument } from "./decide.js";
import { type Dehydrated, ON_SERVER, type OnServer, type Outcome, type Restored, type Where, questionOf } from "./dehydrated.js";
import type { Reading } from "./evaluated.js";
import type { Question, QuestionsOf, RequirementOf } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Messages, Snapshot } from "./types.js";

export { PermgateError, PermissionDeniedError };
export type { Dehydrated, Outcome } from "./dehydrated.js";
export type { Reading } from "./evaluated.js";
export type { Question } from "./names.js";
export type { RegisteredName } from "./register.js";
export type { Catalogue, Decision, Language, MessageParameters, Messages, RolePermissions, Snapshot } from "./types.js";

/** How a document is read, with the same options as `createPermissions` in the browser. */
export interface EvaluateOptions extends Reading {
  /**
   * Called once for each requirement that cannot be read and each name that is not in the catalogue; by default they
   * are written to the console.
   */
  readonly onError?: (error: PermgateError) => void;
  /** Words reasons in the user's language, like the option of `createPermissions`. */
  readonly messages?: Messages;
}

/** The questions to an instance that are also answered on a server. */
type Answers = "can" | "cannot" | "canAll" | "canAny" | "canSomewhere" | "check" | "require" | "status" | "snapshot";

/**
 * One user's permissions for one request: without timers and requests. Its methods are bound. After an hour it grants
 * nothing.
 */
export interface ServerPermissions<Name extends string = RegisteredName> extends Pick<Permissions<Name>, Answers> {
  /** Does nothing: a user's permissions do not change during a request. For guards that also work with instances. */
  subscribe(listener: () => void): () => void;
  /** The data that the page carries to the browser: the document, and the answers to all questions so far and to these. */
  dehydrate<const List extends readonly Question[]>(questions?: QuestionsOf<List, Name>): Dehydrated;
  /**
   * The answers since the last call, as a `<script>` element of data; empty when there are none. A streamed page has it
   * before each of its parts, so that the browser knows the answers when it hydrates a part.
   */
  script(): string;
}

/** How many kinds of documents an application may have; each has its own evaluator. */
const KINDS_MAX = 20;

/** More questions than a page has elements that depend on them. */
const DECISIONS_MAX = 10_000;

// INVARIANT: none of these holds a user's data; parsed documents are cached by their texts.
const byOptions = new WeakMap<object, Kind>();
const byReading = new Map<string, Kind>();
/** The permissions from which a page's data were made. */
const origins = new WeakMap<Dehydrated, Restored>();

/** One way of reading documents. */
interface Kind {
  readonly evaluator: Evaluator;
  readonly language: Dehydrated["language"];
  /** Called with mistakes: the function that was passed last. */
  onError: EvaluateOptions["onError"];
}

const DEFAULTS: EvaluateOptions = {};

/**
 * The grants of a document, given as an object or its JSON; none if it is null, because nobody is signed in. Call it in
 * each request: equal documents are parsed once.
 *
 * @throws PermgateError `malformed-document`, `tenant-mismatch`, `invalid-option`, `initialisation`
 */
export function evaluate<Name extends string = RegisteredName>(document: object | string | null, options: EvaluateOptions = DEFAULTS): ServerPermissions<Name> {
  return permissionsOf<Name>(document, kindOf(options), options.tenant ?? null, options.messages);
}

/** The data that the page carries to the browser, for a document or a result of `evaluate`. */
export function dehydrate(of: ServerPermissions<any> | object | string | null, options?: EvaluateOptions): Dehydrated {
  return (isPermissions(of) ? of : evaluate(of, options)).dehydrate();
}

/** The same as JSON that is safe in a `<script>` element (WHATWG HTML §4.12.1.3), whatever it contains. */
export function serialize(of: Dehydrated | ServerPermissions<any>): string {
  return scriptJson(isPermissions(of) ? of.dehydrate() : of);
}

function isPermissions(of: unknown): of is ServerPermissions {
  return typeof (of as ServerPermissions | null)?.dehydrate === "function";
}

function scriptJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw argument("`serialize` needs what `dehydrate` or `evaluate` gave");
  return json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function kindOf(options: EvaluateOptions): Kind {
  const known = byOptions.get(options);
  if (known) return known;
  // There may be thousands of tenants, so the tenant of a document is checked afterwards.
  const { onError, tenant: _, messages: __, ...reading } = options;
  const text = JSON.stringify(reading);
  const kind = byReading.get(text) ?? newKind(reading, text);
  if (onError) kind.onError = onError;
  byOptions.set(options, kind);
  return kind;
}

function newKind(reading: Reading, text: string): Kind {
  const evaluator = new Evaluator(reading, { onError: (error) => (kind.onError ? kind.onError(error) : warn(error)) });
  const { dialect, separator } = reading;
  const language = { ...(dialect && { dialect }), ...(separator && { separator }), ...(text === "{}" ? {} : { reading: digest(text) }) };
  const kind: Kind = { evaluator, language, onError: undefined };
  byReading.set(text, kind);
  for (const [oldest, { evaluator }] of byReading) {
    if (byReading.size <= KINDS_MAX) break;
    byReading.delete(oldest);
    evaluator.clear();
  }
  return kind;
}

function warn(error: PermgateError): void {
  console.warn(error.message);
}

/** A short name for a way of reading among those of one application (FNV-1a); it need not resist attacks. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}-${(hash >>> 0).toString(36)}`;
}

/** The answers for adapters that render on a server: of the permissions that were dehydrated, or of another evaluation. */
const restore: OnServer = (dehydrated) => {
  const known = origins.get(dehydrated);
  if (known) return known;
  const { reading, ...language } = dehydrated.language;
  const kind = [...byReading.values()].find((kind) => kind.language.reading === reading) ?? kindOf(language);
  return origins.get(permissionsOf(dehydrated.document, kind, dehydrated.tenant).dehydrate()) as Restored;
};
(globalThis as { [ON_SERVER]?: OnServer })[ON_SERVER] = restore;

function permissionsOf<Name extends string>(document: object | string | null, { evaluator, language }: Kind, asked: string | null, messages?: Messages): ServerPermissions<Name> {
  const evaluated: Evaluated = document === null ? evaluator.nobody() : evaluator.read(document);
  const { subject, tenant: answered } = evaluated.about;
  const tenant = answered ?? asked;
  if (asked !== null && tenant !== asked) {
    throw new PermgateError("tenant-mismatch", `the document is about the tenant \`${tenant}\`, but \`${asked}\` is set; evaluate the document of the tenant that is asked for`);
  }
  const decisions = new Map<string, Outcome>();
  let unsent = new Map<string, Outcome>();
  const note = (requirement: string, where: Where, outcome: Outcome): Outcome => {
    const question = questionOf(requirement, where);
    if (decisions.has(question) || decisions.size >= DECISIONS_MAX || typeof requirement !== "string") return outcome;
    decisions.set(question, outcome);
    unsent.set(question, outcome);
    return outcome;
  };
  const outcome = (requirement: string, where?: Where): Outcome => {
    const isSomewhere = where === true;
    if (isSomewhere ? evaluated.canSomewhere(requirement) : evaluated.can(requirement, where)) return note(requirement, where, "granted");
    const known = decisions.get(questionOf(requirement, where));
    if (known && known !== "granted") return known;
    const { outcome } = evaluated.check(requirement, isSomewhere ? undefined : where);
    // A requirement with operators may be granted in general, and is no question about at least one resource.
    return note(requirement, where, outcome === "unknown" ? outcome : "denied");
  };
  const can = (requirement: string, resource?: string) => outcome(requirement, resource) === "granted";
  const check = (requirement: string, resource?: string) => {
    outcome(requirement, resource);
    return said(messages, evaluated.check(requirement, resource), requirement, resource);
  };
  const isList = Array.isArray;
  const restored: Restored = {
    outcome,
    unsent() {
      if (unsent.size === 0) return "";
      const json = scriptJson(Object.fromEntries(unsent));
      unsent = new Map();
      return json;
    },
  };
  const snapshot = (): Snapshot => Object.freeze({ ...evaluated.snapshot(), tenant });
  const permissions: ServerPermissions<string> = {
    can,
    cannot: (requirement, resource) => !can(requirement, resource),
    canAll: (requirements: readonly string[], resource) => isList(requirements) && requirements.every((requirement) => can(requirement, resource)),
    canAny: (requirements: readonly string[], resource) => isList(requirements) && requirements.some((requirement) => can(requirement, resource)),
    canSomewhere: (permission) => outcome(permission, true) === "granted",
    check,
    require(requirement, resource) {
      const decided = check(requirement, resource);
      if (decided.outcome !== "granted") throw new PermissionDeniedError(decided);
    },
    snapshot,
    get status() {
      return snapshot().status;
    },
    subscribe: () => () => undefined,
    dehydrate(questions?: readonly Question[]) {
      for (const question of questions ?? []) typeof question === "string" ? outcome(question) : outcome(...question);
      const dehydrated: Dehydrated = {
        v: 1,
        document: document === null ? null : (JSON.parse(evaluated.json) as object),
        language,
        decisions: Object.fromEntries(decisions),
        asOf: evaluated.askedAt,
        subject,
        tenant,
      };
      origins.set(dehydrated, restored);
      return dehydrated;
    },
    script() {
      const json = restored.unsent();
      return json && `<script type="application/json" data-permgate>${json}</script>`;
    },
  };
  return permissions as unknown as ServerPermissions<Name>;
}
