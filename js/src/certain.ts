/** The permissions of a document that are certain without the module: plain names of a plain document. */

/** In a longer text, nothing is certain: the module decides how many entries are too many. In UTF-16 units. */
const TEXT_MAX = 48_000;

/** A name of this many UTF-16 units has at most 256 bytes. */
const NAME_MAX = 85;

/** The longest time that a document is believed, in seconds: the module's default for the option `ttlMs`. */
const TTL_MAX = 300;

/** A requirement that is one permission's name, without operators, quotes or `*`. */
const PLAIN = /^[^\s&|!()"*\p{Cc}]+$/u;

/** The checks of a document's members. */
const IS_TEXT = (value: unknown) => value === null || typeof value === "string";
const IS_WHOLE = (value: unknown) => value === null || (Number.isSafeInteger(value) && Number(value) >= 0);
const IS_EMPTY = (value: unknown) => Array.isArray(value) && value.length === 0;
const ARE_TEXTS = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === "string");
const ARE_NAMES = (value: unknown) => Array.isArray(value) && value.every(isName);

const MEMBERS = new Map<string, (value: unknown) => boolean>([
  ["subject", IS_TEXT],
  ["tenant", IS_TEXT],
  ["version", IS_WHOLE],
  ["ttl", IS_WHOLE],
  ["permissions", ARE_NAMES],
  ["denied", IS_EMPTY],
  ["grants", IS_EMPTY],
  ["roles", ARE_TEXTS],
  ["groups", ARE_TEXTS],
  ["scopes", ARE_TEXTS],
  ...["packed", "deny", "denies", "denials"].map((name) => [name, () => false] as const),
]);

/** The names that the document certainly allows, and for how long, in milliseconds. */
export interface Certain {
  readonly names: ReadonlySet<string>;
  readonly ttlMs: number;
}

/** The certain part of a document's text; undefined if the module might refuse it, or read more from it. */
export function certain(text: string): Certain | undefined {
  if (text.length > TEXT_MAX || text.includes("\\")) return undefined;
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Of two members with the same name, `JSON.parse` takes the last; the module refuses the document.
  if (bare(JSON.stringify(document)) !== bare(text) || typeof document !== "object" || !document || Array.isArray(document)) return undefined;
  const isKnown = Object.entries(document).every(([key, value]) => MEMBERS.get(key)?.(value) ?? Object(value) !== value);
  if (!("permissions" in document) || !isKnown || document["ttl"] === 0) return undefined;
  const ttl = (document["ttl"] ?? TTL_MAX) as number;
  return { names: new Set(document["permissions"] as string[]), ttlMs: Math.min(ttl, TTL_MAX) * 1_000 };
}

/** Whether these names certainly satisfy a requirement. */
export function isCertain(names: ReadonlySet<string>, requirement: string): boolean {
  return names.has(requirement) && PLAIN.test(requirement);
}

const bare = (json: string) => json.replace(/\s+/g, "");

/** Whether an entry is a name or pattern of the default dialect. */
function isName(entry: unknown): boolean {
  if (typeof entry !== "string" || entry === "" || entry.length > NAME_MAX || /\p{Cc}/u.test(entry)) return false;
  return entry.split(":").every((segment) => segment === "*" || !segment.includes("*"));
}
