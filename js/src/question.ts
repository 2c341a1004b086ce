/** Checks a question before the module reads it: it must consist of well-formed strings. */

/** A lone surrogate, which UTF-8 cannot encode. */
const HALF_A_PAIR = /\p{Surrogate}/u;

/** Whether a value is a string. */
export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a value is a string or undefined. */
export function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

/** What is wrong with a question before it is parsed; empty if it is well-formed. */
export function complaint(requirement: unknown, resource: unknown): string {
  if (!isText(requirement) || !isTextOrAbsent(resource)) {
    return "a requirement and a resource are strings; this asked with another type";
  }
  // The module would read it as another character.
  return HALF_A_PAIR.test(requirement) || (resource !== undefined && HALF_A_PAIR.test(resource))
    ? "a requirement or resource holds half of a surrogate pair"
    : "";
}
