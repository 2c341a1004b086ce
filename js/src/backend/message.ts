/** What nodes tell each other. Nothing in it grants: it makes pages ask, and streams end. */

/** A message between nodes. */
export type Message =
  /** A user's permissions have another version; `revoked` are names that were taken away. */
  | { readonly kind: "changed"; readonly subject: string; readonly version: number; readonly revoked?: readonly string[] }
  /** A user's sessions are over; of all sessions where none is named. */
  | { readonly kind: "ended"; readonly subject: string; readonly session?: string }
  /** Shows that the bus works. */
  | { readonly kind: "ping" };

/** The highest version that the header can carry (RFC 9651 §3.3.1). */
export const VERSION_MAX = 999_999_999_999_999;

/** What a page reads of names that were revoked; more is a change like any other. */
const NAMES_MAX = 1_024;
const NAMES_BYTES_MAX = 32 * 1024;

/** Whether it is a version. */
export function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= VERSION_MAX;
}

/** A message as text. `from` names the node, which need not hear itself. */
export function write(from: string, message: Message): string {
  return JSON.stringify({ from, ...message });
}

/**
 * Reads a message; null for one of a kind that a later version may have.
 *
 * @throws Error with a sentence when it cannot be read
 */
export function read(text: string): { from: string; message: Message } | null {
  const { from, kind, subject, version, revoked, session } = Object(JSON.parse(text)) as Record<string, unknown>;
  if (typeof from !== "string") throw new Error("`from` is missing");
  if (kind === "ping") return { from, message: { kind } };
  if (kind !== "changed" && kind !== "ended") return null;
  if (typeof subject !== "string") throw new Error("`subject` must be a string");
  if (kind === "ended") {
    if (session !== undefined && typeof session !== "string") throw new Error("`session` must be a string");
    return { from, message: session === undefined ? { kind, subject } : { kind, subject, session } };
  }
  if (!isVersion(version)) throw new Error("`version` must be a whole number");
  const names = namesOf(revoked);
  return { from, message: names ? { kind, subject, version, revoked: names } : { kind, subject, version } };
}

/** Names that a page is told as revoked; undefined where there is none, or they do not fit. */
export function namesOf(revoked: unknown): readonly string[] | undefined {
  if (!Array.isArray(revoked) || revoked.length === 0 || revoked.length > NAMES_MAX) return undefined;
  const areExact = revoked.every((name) => typeof name === "string" && name !== "" && !name.includes("*"));
  const bytes = areExact ? new TextEncoder().encode(revoked.join("")).length : 0;
  return areExact && bytes <= NAMES_BYTES_MAX ? revoked : undefined;
}

/** What a stream sends of a version: an event with its data. */
export function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
