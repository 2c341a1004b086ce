/** The frame around all pages: menu, header, the page itself, the status strip. */
import type { Catalogue } from "../api.ts";
import { element } from "../dom.ts";
import { createOutlet } from "../pages/outlet.ts";
import type { Freshness } from "../freshness/panel.ts";
import { Scope } from "../scope.ts";
import type { Session } from "../session.ts";
import { createBanner } from "./banner.ts";
import { createHeader } from "./header.ts";
import { createSidebar } from "./sidebar.ts";
import { createStrip } from "./strip.ts";

/** The frame, for one user. */
export interface Shell {
  readonly root: HTMLElement;
  /** The session of the user; replaced when the same user signs in again. */
  session: Session;
  dispose: () => void;
}

/** Builds the frame for a user who is signed in. */
export function createShell(catalogue: Catalogue, session: Session, freshness: Freshness, leave: () => unknown): Shell {
  const scope = new Scope();
  const outlet = createOutlet(scope, catalogue, session);
  const root = element("div", { class: "shell", "data-testid": "shell" });
  const sidebar = createSidebar(scope, catalogue, {
    close: () => {
      // The focus must not stay in a menu that is out of sight.
      const hadFocus = root.hasAttribute("data-menu") && sidebar.root.contains(document.activeElement);
      root.removeAttribute("data-menu");
      if (hadFocus) header.querySelector<HTMLElement>(".menu-button")?.focus();
    },
  });
  const header = createHeader(session, {
    leave,
    openMenu: () => {
      root.setAttribute("data-menu", "open");
      sidebar.focus();
    },
  });
  root.append(
    element("a", { class: "skip", href: "#main" }, "Skip to the page"),
    sidebar.root,
    element("div", { class: "column" }, header, createBanner(scope), outlet.root),
    freshness.mount(scope, root, catalogue),
    createStrip(scope, session, freshness.toggle),
  );
  return { root, session, dispose: () => scope.dispose() };
}
