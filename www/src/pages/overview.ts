/** The first page: the user, and all rights on all pages at a glance. */
import type { Catalogue } from "../api.ts";
import { element, fill, write } from "../dom.ts";
import { permissions } from "../permissions.ts";
import { link } from "../router.ts";
import type { Scope } from "../scope.ts";
import type { Session } from "../session.ts";
import { createQuestion } from "./question.ts";
import { rightChips } from "./rights.ts";
import type { View } from "./view.ts";

/** Builds the page. */
export function createOverview(scope: Scope, catalogue: Catalogue, session: Session): View {
  const roles = element("ul", { class: "chips", "data-testid": "my-roles" });
  const own = figure("permissions of yours", "count-granted");
  const open = figure("pages open to you", "count-pages");
  const edits = figure("pages you can change", "count-editable");

  const show = (): void => {
    const held = permissions.snapshot();
    fill(roles, ...(held.roles ?? []).map((role) => element("li", { class: "chip" }, role)));
    const { pages } = catalogue;
    own.say(catalogue.permissions.filter((name) => permissions.can(name)).length, catalogue.permissions.length);
    open.say(pages.filter(({ key }) => permissions.can(`${key}:view`)).length, pages.length);
    edits.say(pages.filter(({ key }) => permissions.canAny([`${key}:create`, `${key}:edit`, `${key}:delete`])).length, pages.length);
  };
  scope.add(permissions.subscribe(show));
  show();

  const sections = [...new Set(catalogue.pages.map(({ section }) => section))];
  const maps = sections.map((section) =>
    element("section", { class: "card rights-map" },
      element("h3", {}, section),
      element("ul", { class: "rights-list" }, ...catalogue.pages.filter((page) => page.section === section).map((page) =>
        element("li", {},
          element("span", { class: "rights-page" },
            link(`/p/${page.key}`, { "data-permission": `${page.key}:view` }, page.title),
            element("span", { class: "off", "data-permission": `!${page.key}:view` }, page.title),
          ),
          rightChips(page.permissions, `Your rights on ${page.title}`),
        ),
      )),
    ),
  );

  return {
    title: "Overview",
    show,
    root: element("article", { class: "page", "data-testid": "overview" },
      element("header", { class: "page-head" },
        element("div", {},
          element("p", { class: "eyebrow" }, "Overview"),
          element("h1", {}, `Good to see you, ${session.name.split(" ")[0] ?? session.name}`),
          roles,
        ),
      ),
      element("div", { class: "overview-top" },
        element("div", { class: "card figures" }, own.root, open.root, edits.root),
        createQuestion(scope, "invoice:edit & !invoice:delete"),
      ),
      element("h2", { class: "section-title" }, "Your rights, page by page"),
      element("div", { class: "rights-maps" }, ...maps),
    ),
  };
}

/** A share of a total, with a bar. */
function figure(label: string, testId: string): { root: HTMLElement; say: (part: number, whole: number) => void } {
  const number = element("strong", { "data-testid": testId });
  const whole = element("span");
  const bar = element("progress", { max: 1, value: 0, "aria-hidden": "true" });
  return {
    root: element("div", { class: "figure" }, element("p", {}, number, whole), element("small", {}, label), bar),
    say: (part, of) => {
      write(number, String(part));
      write(whole, ` of ${of}`);
      bar.max = of;
      bar.value = part;
    },
  };
}
