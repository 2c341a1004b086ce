/** Looks at what is asked, before the module does: a question is made of well-formed strings. */

/** A surrogate by itself, which UTF-8 cannot hold. */
const HALF_A_PAIR = /\p{Surrogate}/u;

/** Whether it is a string. */
export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it is a string, or not given. */
export function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

/** What is wrong with a question before it is read; empty when nothing is. */
export function complaint(requirement: unknown, resource: unknown): string {
  if (!isText(requirement) || !isTextOrAbsent(resource)) {
    return "a requirement and a resource are strings; this asked with another type";
  }
  // The module would read it as another character.
  return HALF_A_PAIR.test(requirement) || (resource !== undefined && HALF_A_PAIR.test(resource))
    ? "a requirement or resource holds half of a surrogate pair"
    : "";
}
