/** The drawer "Freshness": controls beside a time line of the changes that the page noticed. */
import type { Catalogue } from "../api.ts";
import { element } from "../dom.ts";
import { icon } from "../icons.ts";
import type { Scope } from "../scope.ts";
import type { Session } from "../session.ts";
import { createControls } from "./controls.ts";
import { compareBy } from "./observer.ts";
import { createTimelineList } from "./timeline-list.ts";

/** The drawer. */
export interface Freshness {
  /** Puts the drawer into the frame of a user. */
  mount: (scope: Scope, shell: HTMLElement, catalogue: Catalogue) => HTMLElement;
  /** Builds a button that opens and closes the drawer. */
  toggle: (scope: Scope) => HTMLButtonElement;
}

const ID = "freshness";

/** Builds the drawer. Its records outlive users and their frames. */
export function createFreshness(user: () => Session | undefined): Freshness {
  const list = createTimelineList();
  const shows = new Set<() => void>();
  let isOpen = false;
  const turn = (open: boolean) => {
    isOpen = open;
    for (const show of shows) show();
  };
  /** Shows whether the drawer is open, now and from now on. */
  const follow = (scope: Scope, show: () => void) => {
    shows.add(show);
    scope.add(() => shows.delete(show));
    show();
  };
  return {
    mount: (scope, shell, catalogue) => {
      compareBy(catalogue);
      const root = element("aside", { id: ID, class: "freshness", "aria-label": "Freshness", "data-testid": "freshness" },
        element("header", { class: "freshness-head" },
          element("h2", {}, "Freshness"),
          element("button", {
            type: "button", class: "icon-button", "aria-label": "Close", "data-testid": "freshness-close", onclick: () => turn(false),
          }, icon("cross")),
        ),
        createControls(scope, user),
        list,
      );
      follow(scope, () => {
        root.hidden = !isOpen;
        shell.toggleAttribute("data-freshness", isOpen);
      });
      return root;
    },
    toggle: (scope) => {
      const button = element("button", {
        type: "button", class: "button small", "data-testid": "freshness-toggle", "aria-controls": ID, onclick: () => turn(!isOpen),
      }, icon("pulse"), "Freshness");
      follow(scope, () => button.setAttribute("aria-expanded", String(isOpen)));
      return button;
    },
  };
}
