/** Finds elements of the document, whatever these are named: `<img name="querySelectorAll">` hides the document's own method (DOM clobbering). */

/** The elements that match; none where there is no document. */
export function select<Kind extends Element = Element>(selectors: string): readonly Kind[] {
  if (typeof document !== "object") return [];
  const { querySelectorAll } = typeof Document === "function" ? Document.prototype : document;
  return [...((querySelectorAll?.call(document, selectors) ?? []) as Iterable<Kind>)];
}
