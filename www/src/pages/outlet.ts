/** Shows the page that the address names, and keeps the others with the texts typed there. */
import { createAuditView } from "../admin/audit.ts";
import { createRolesView } from "../admin/roles.ts";
import { createUsersView } from "../admin/users.ts";
import type { Catalogue } from "../api.ts";
import { element } from "../dom.ts";
import { type Route, route, watchRoute } from "../router.ts";
import type { Scope } from "../scope.ts";
import type { Session } from "../session.ts";
import { createNowhere } from "./nowhere.ts";
import { createOverview } from "./overview.ts";
import { createRecordPage } from "./record-page.ts";
import type { View } from "./view.ts";

/** Builds the container of the pages. */
export function createOutlet(scope: Scope, catalogue: Catalogue, session: Session): { root: HTMLElement } {
  const root = element("main", { id: "main", class: "main", tabindex: -1 });
  const views = new Map<string, View>();

  const build = (to: Route): View => {
    if (to.name === "overview") return createOverview(scope, catalogue, session);
    if (to.name === "users") return createUsersView(scope, catalogue, session);
    if (to.name === "roles") return createRolesView(scope, catalogue);
    if (to.name === "audit") return createAuditView(scope);
    const page = to.name === "page" ? catalogue.pages.find(({ key }) => key === to.key) : undefined;
    return page === undefined ? createNowhere() : createRecordPage(scope, page);
  };

  let shown: View | undefined;
  const show = (): void => {
    const to = route();
    const name = to.name === "page" ? `page ${to.key}` : to.name;
    const view = views.get(name) ?? build(to);
    views.set(name, view);
    document.title = `${view.title} · Meridian`;
    if (view !== shown) {
      root.replaceChildren(view.root);
      scrollTo({ top: 0 });
      // Users of keyboards and screen readers continue at the new page, not at the old link.
      if (shown !== undefined) root.focus({ preventScroll: true });
      shown = view;
    }
    view.show?.();
  };
  watchRoute(scope, show);
  show();
  return { root };
}
