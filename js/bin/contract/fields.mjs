/** Reads the header fields of the contract, as strictly as the module reads them. */

/** The elements of a list such as `Vary` or `Cache-Control`, in lower case. */
export function list(value) {
  return (value ?? "").split(",").map((element) => element.trim().toLowerCase()).filter(Boolean);
}

/** Whether a value is a strong entity tag (RFC 9110 §8.8.3). */
export function isStrongTag(value) {
  return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(value ?? "");
}

/** The values of a parameter (RFC 9651 §3.3): string, token, number, boolean, date, bytes, display string. */
const STRING = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/;
const TOKEN = /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/;
const NUMBER = /-?\d{1,15}(?:\.\d{1,3})?/;
const VALUE = [STRING, TOKEN, NUMBER, /\?[01]/, /@-?\d{1,15}/, /:[A-Za-z0-9+/=]*:/, /%"[^"]*"/].map(({ source }) => source).join("|");
const PARAMETER = `; *([a-z*][a-z0-9_.*-]*)(?:=(${VALUE}))?`;
const ITEM = new RegExp(`^ *(\\d{1,15})((?:${PARAMETER})*) *$`);

/**
 * `Permissions-Version: 42;sub="u-17"` (RFC 9651 §3.3.1 and §3.1.2) as `{ version, subject }`, read
 * as the module does; undefined when it cannot be read. `sub` is a string, a token or an integer.
 */
export function versionField(value) {
  const [, digits, parameters] = ITEM.exec(value ?? "") ?? [];
  if (digits === undefined) return undefined;
  const subjects = [...parameters.matchAll(new RegExp(PARAMETER, "g"))].filter(([, key]) => key === "sub").map(([, , text = ""]) => text);
  const isText = (text) => text.startsWith('"') || new RegExp(`^(?:${TOKEN.source}|-?\\d+)$`).test(text);
  if (!subjects.every(isText)) return undefined;
  const last = subjects.at(-1);
  return { version: Number(digits), subject: last?.startsWith('"') ? last.slice(1, -1).replace(/\\(.)/g, "$1") : last };
}

/** The media type without its parameters. */
export function mediaType(headers) {
  return (headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
}

/** The members of a problem document (RFC 9457 §3.1); undefined for any other answer. */
export function problemOf({ headers, text }) {
  if (mediaType(headers) !== "application/problem+json") return undefined;
  try {
    const problem = JSON.parse(text);
    return typeof problem === "object" && problem !== null && !Array.isArray(problem) ? problem : undefined;
  } catch {
    return undefined;
  }
}
