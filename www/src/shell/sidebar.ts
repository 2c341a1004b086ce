/** The menu: every page of the catalogue, each entry tagged with the permission to view it. */
import type { Catalogue, Page } from "../api.ts";
import { element, write } from "../dom.ts";
import { icon, type IconName } from "../icons.ts";
import { permissions } from "../permissions.ts";
import { link, route, watchRoute } from "../router.ts";
import type { Scope } from "../scope.ts";

/** Builds the menu. On narrow screens it lies over the page and can be closed. */
export function createSidebar(scope: Scope, catalogue: Catalogue, actions: { close: () => void }): { root: HTMLElement; focus: () => void } {
  const entries: { item: HTMLElement; anchor: HTMLAnchorElement; path: string; words: string }[] = [];
  const entry = (path: string, label: string, testId: string, permission?: string, name?: IconName) => {
    const anchor = link(path, { class: "nav-link", "data-testid": testId, "data-permission": permission },
      name === undefined ? null : icon(name), label);
    const item = element("li", {}, anchor);
    entries.push({ item, anchor, path, words: label.toLowerCase() });
    return item;
  };

  const groups = [...bySection(catalogue.pages)].map(([section, pages]) =>
    // A heading is there as long as one of its entries is.
    element("section", { class: "nav-group", "data-permission": pages.map(view).join(" | ") },
      element("h2", {}, section),
      element("ul", {}, ...pages.map((page) => entry(`/p/${page.key}`, page.title, `nav-${page.key}`, view(page)))),
    ),
  );
  const filter = element("input", {
    type: "search", class: "input", placeholder: "Find a page", "aria-label": "Find a page", "data-testid": "nav-filter",
    oninput: () => {
      const wanted = filter.value.trim().toLowerCase();
      // An attribute of our own with a rule in CSS, so that other code can use `hidden`.
      for (const { item, words } of entries) item.toggleAttribute("data-filtered", !words.includes(wanted));
    },
  });
  const count = element("p", { class: "nav-count", "data-testid": "nav-count" });
  const root = element("aside", { class: "sidebar" },
    element("div", { class: "sidebar-head" },
      element("p", { class: "brand" }, icon("gate"), "Meridian"),
      element("button", { type: "button", class: "icon-button menu-button", "aria-label": "Close the menu", onclick: actions.close }, icon("cross")),
      element("label", { class: "search" }, icon("search"), filter),
    ),
    element("nav", { "aria-label": "Pages" },
      element("ul", { class: "nav-group" },
        entry("/", "Overview", "nav-overview", undefined, "grid"),
        entry("/admin/users", "Users and grants", "nav-admin-users", "user:view", "users"),
        entry("/admin/roles", "Roles", "nav-admin-roles", "role:view", "key"),
        entry("/admin/audit", "Audit trail", "nav-admin-audit", "audit:view", "shield"),
        // A document of its own, beside this one: a token in memory would not survive leaving.
        element("li", {}, element("a", { class: "nav-link", href: "/gallery.html", target: "_blank", "data-testid": "nav-gallery" }, icon("frames"), "Gallery of modes")),
      ),
      ...groups,
    ),
    count,
  );

  const mark = () => {
    actions.close();
    const here = route();
    const path = here.name === "users" ? "/admin/users" : here.name === "roles" ? "/admin/roles" : here.name === "audit" ? "/admin/audit" : location.pathname;
    for (const { anchor, path: target } of entries) {
      if (target === path) anchor.setAttribute("aria-current", "page");
      else anchor.removeAttribute("aria-current");
    }
  };
  const tally = () => {
    // A few dozen questions at once: each is a look into a map.
    const open = catalogue.pages.filter((page) => permissions.can(view(page))).length;
    write(count, `${open} of ${catalogue.pages.length} pages are open to you`);
  };
  watchRoute(scope, mark);
  scope.add(permissions.subscribe(tally));
  scope.listen(document, "keydown", (event) => {
    if (event instanceof KeyboardEvent && event.key === "Escape") actions.close();
  });
  mark();
  tally();
  return { root, focus: () => filter.focus() };
}

function view(page: Page): string {
  return `${page.key}:view`;
}

function bySection(pages: readonly Page[]): Map<string, Page[]> {
  const sections = new Map<string, Page[]>();
  for (const page of pages) {
    const section = sections.get(page.section) ?? [];
    section.push(page);
    sections.set(page.section, section);
  }
  return sections;
}
