/** A page's body or, in its place, the notice that the user may not see it. */
import { element } from "../dom.ts";
import { icon } from "../icons.ts";
import { permissions } from "../permissions.ts";
import { link } from "../router.ts";
import type { Scope } from "../scope.ts";

/**
 * Two elements with opposite requirements. While the permission set is unknown, neither is granted
 * (not knowing `x` is not knowing `!x`), so the notice never flashes up before the first answer.
 * The body only goes out of sight: its nodes, and what is typed into them, stay.
 */
export function gated(permission: string, what: string, body: HTMLElement): HTMLElement[] {
  body.setAttribute("data-permission", permission);
  const notice = element("section", { class: "notice", "data-permission": `!${permission}`, "data-testid": "no-longer-permitted" },
    icon("lock"),
    element("h2", {}, `You may not view ${what}`),
    element("p", {}, "This needs ", element("code", {}, permission),
      ". If it was taken from you while you were here, what you typed is kept, and the page comes back with the permission."),
    link("/", { class: "button" }, "Go to the overview"),
  );
  return [body, notice];
}

/**
 * Loads the content of a page: whenever the page comes into view, and as soon as the permission that
 * it needs is granted, by the first answer, a later grant, or another sign-in of the same user.
 */
export function loadWhenGranted(scope: Scope, permission: string, root: HTMLElement, load: () => void): { show: () => void } {
  let was = false;
  const look = (isShown: boolean): void => {
    const is = permissions.can(permission);
    // A page that is not shown has no parent; it loads when it is shown again.
    if (is && (isShown || !was) && root.parentNode !== null) load();
    was = is;
  };
  scope.add(permissions.subscribe(() => look(false)));
  return { show: () => look(true) };
}
