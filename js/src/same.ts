/** Compares a value with parsed JSON without writing it as JSON, which would cost four times as much. */

/** Compares plain values with a result of `JSON.parse`; a value that is not plain is never equal. */
export function isSame(parsed: unknown, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return parsed === value;
  if (typeof parsed !== "object" || parsed === null) return false;
  // `toJSON` could return something else than the compared members.
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
