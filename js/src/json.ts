/** Writes JSON as the standard says, whatever `toJSON` a library of the page has added to all arrays or objects. */

/** Whether a value is an array or plain object without a `toJSON` of its own. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.hasOwn(value, "toJSON")) return false;
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** The JSON of a value; undefined if it has none. An old prototype.js makes `Array.prototype.toJSON` return a string. */
export function toJson(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, made: unknown) {
    const own = this[key];
    return isPlain(own) ? own : made;
  });
}
