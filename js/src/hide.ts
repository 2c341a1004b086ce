/** Hides what is bound when the module cannot do it any more. */

/** Takes the word `granted` from every element: the module cannot do it any more. */
export function hideAll(root: Node): void {
  const selector = "[data-permission-state=granted]";
  // Taken from the prototypes: a form's fields may be named like its methods.
  for (const kind of [Document, DocumentFragment, Element]) {
    if (!(root instanceof kind)) continue;
    for (const element of [root, ...kind.prototype.querySelectorAll.call(root, selector)]) {
      if (!(element instanceof Element) || !Element.prototype.matches.call(element, selector)) continue;
      Element.prototype.setAttribute.call(element, "data-permission-state", "unknown");
    }
  }
}
