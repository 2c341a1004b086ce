/** The bar above the page: the menu button on narrow screens, the user, the ways out. */
import { avatar } from "../avatar.ts";
import { element } from "../dom.ts";
import { icon } from "../icons.ts";
import type { Session } from "../session.ts";
import { themeButton } from "../theme.ts";

/** Builds the bar. */
export function createHeader(session: Session, actions: { leave: () => unknown; openMenu: () => void }): HTMLElement {
  return element("header", { class: "header" },
    element("button", {
      type: "button", class: "icon-button menu-button", "aria-label": "Open the menu", "data-testid": "menu",
      onclick: actions.openMenu,
    }, icon("menu")),
    element("p", { class: "brand narrow-only" }, icon("gate"), "Meridian"),
    element("div", { class: "header-end" },
      element("span", { class: "badge", title: "How this page shows who you are" }, session.mode),
      themeButton(),
      element("div", { class: "who", "data-testid": "who" },
        avatar(session.name),
        element("span", { class: "who-text" }, element("strong", {}, session.name), element("small", {}, session.subject)),
      ),
      element("button", {
        type: "button", class: "button quiet", "data-testid": "sign-out", "aria-label": "Sign out", onclick: () => actions.leave(),
      }, icon("leave"), element("span", { class: "wide-only" }, "Sign out")),
    ),
  );
}
