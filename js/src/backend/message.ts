/** The messages between nodes. None of them grants: they make pages load and streams end. */

/** A message between nodes. */
export type Message =
  /** A user's permissions have another version; `revoked` are names that were revoked. */
  | { readonly kind: "changed"; readonly subject: string; readonly version: number; readonly revoked?: readonly string[] }
  /** A user's session has ended; all of them if none is named. */
  | { readonly kind: "ended"; readonly subject: string; readonly session?: string }
  /** Shows that the bus works. */
  | { readonly kind: "ping" };

/** The highest version that the header can contain (RFC 9651 §3.3.1). */
export const VERSION_MAX = 999_999_999_999_999;

/** The most revoked names that a page reads; with more, only the version is sent. */
const NAMES_MAX = 1_024;
const NAMES_BYTES_MAX = 32 * 1024;

/** Whether a value is a version. */
export function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= VERSION_MAX;
}

/** A message as text. `from` names the node, which ignores its own messages. */
export function write(from: string, message: Message): string {
  return JSON.stringify({ from, ...message });
}

/**
 * Reads a message; null for a kind that this version does not know.
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

/** The revoked names for a page; undefined if there are none, or too many. */
export function namesOf(revoked: unknown): readonly string[] | undefined {
  if (!Array.isArray(revoked) || revoked.length === 0 || revoked.length > NAMES_MAX) return undefined;
  const areExact = revoked.every((name) => typeof name === "string" && name !== "" && !name.includes("*"));
  const bytes = areExact ? new TextEncoder().encode(revoked.join("")).length : 0;
  return areExact && bytes <= NAMES_BYTES_MAX ? revoked : undefined;
}

/** An event of a stream, with its data. */
export function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
