/** "What you may do here": one chip per permission, lit or struck out, by tags alone. */
import { element } from "../dom.ts";
import { icon } from "../icons.ts";

/** The last segment of a permission's name. */
export function actionOf(permission: string): string {
  return permission.slice(permission.lastIndexOf(":") + 1);
}

/** A chip that shows whether a permission is granted: two elements, of which at most one is shown. */
export function rightChip(permission: string): HTMLElement {
  const action = actionOf(permission);
  return element("li", { class: "right" },
    element("span", { class: "chip has", "data-permission": permission, title: permission }, icon("check"), action),
    element("span", { class: "chip lacks", "data-permission": `!${permission}`, title: `!${permission}` }, action),
  );
}

/** The chips of some permissions. */
export function rightChips(permissions: readonly string[], label: string): HTMLElement {
  return element("ul", { class: "rights", "aria-label": label }, ...permissions.map(rightChip));
}
