/** The mode `blur`: `createPermissions({ modes: { blur } })`. */
export function blur(element: Element): () => void {
  element.setAttribute("data-blurred", "");
  element.setAttribute("aria-hidden", "true");
  return () => {
    element.removeAttribute("data-blurred");
    element.removeAttribute("aria-hidden");
  };
}
