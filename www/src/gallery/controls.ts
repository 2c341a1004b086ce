/** The visitor's controls: switches for rights, the three states of a set, and the resulting document. */
import { element, write } from "../dom.ts";
import { icon } from "../icons.ts";
import { themeButton } from "../theme.ts";
import { RIGHTS, rights, STANDINGS, type Right, type Standing } from "./rights.ts";

/** A switch for one right. `place` distinguishes it from others for the same right. */
function rightSwitch({ key, label }: Right, place: string): HTMLButtonElement {
  const made = element("button", {
    type: "button", class: "right-switch", role: "switch", "data-testid": `${place}-${key}`,
    onclick: () => rights.set([key], !rights.has(key)),
  }, element("span", { class: "knob", "aria-hidden": "true" }), element("code", {}, label));
  const show = (): void => made.setAttribute("aria-checked", String(rights.has(key)));
  rights.onChange(show);
  show();
  return made;
}

/** The switches for some rights. */
export function rightSwitches(keys: readonly string[], place: string): HTMLElement {
  const wanted = RIGHTS.filter(({ key }) => keys.includes(key));
  return element("div", { class: "right-switches", role: "group", "aria-label": "Rights" },
    ...wanted.map((right) => rightSwitch(right, place)));
}

/** The bar above the page, which stays in sight, so that every example can be seen in every state. */
export function fillBar(bar: Element): void {
  const choices = (Object.keys(STANDINGS) as Standing[]).map((standing) => {
    const input = element("input", {
      type: "radio", name: "standing", value: standing, "data-testid": `set-${standing}`,
      onchange: () => {
        rights.standing = standing;
      },
    });
    const show = (): void => {
      input.checked = rights.standing === standing;
    };
    rights.onChange(show);
    show();
    return element("label", {}, input, STANDINGS[standing]);
  });
  bar.append(
    element("a", { class: "brand", href: "/" }, icon("gate"), element("span", { class: "wide-only" }, "Meridian"), " ", element("small", {}, "gallery")),
    element("fieldset", { class: "segments" }, element("legend", { class: "unseen" }, "The permission set"), ...choices),
    element("div", { class: "header-end" }, element("a", { class: "button small quiet wide-only", href: "/" }, "Demo", icon("arrow")), themeButton()),
  );
}

/** The column beside the page: all rights, the answer of the endpoint, and links to the examples. */
export function fillAside(aside: Element, contents: readonly { id: string; title: string }[]): void {
  const all = RIGHTS.map(({ key }) => key);
  const answer = element("code", { "data-testid": "document" });
  const show = (): void => write(answer, {
    loaded: () => documentText(),
    unknown: () => "…",
    "signed-out": () => "401 Unauthorized",
  }[rights.standing]());
  rights.onChange(show);
  show();
  aside.append(
    element("section", { class: "card rights-card" },
      element("div", { class: "card-head" }, element("h2", {}, "You may"),
        element("span", {},
          element("button", { type: "button", class: "button small quiet", "data-testid": "grant-all", onclick: () => rights.set(all, true) }, "all"),
          element("button", { type: "button", class: "button small quiet", "data-testid": "grant-none", onclick: () => rights.set(all, false) }, "nothing"),
        )),
      rightSwitches(all, "right"),
      element("details", { class: "answer-document" }, element("summary", {}, "What the endpoint answers"), element("pre", { tabindex: 0, "aria-label": "What the endpoint answers" }, answer)),
    ),
    element("nav", { class: "contents", "aria-label": "Examples" }, element("ol", {}, ...contents.map(({ id, title }) =>
      element("li", {}, element("a", { class: "nav-link", href: `#${id}` }, title))))),
  );
}

/** JSON with one member of the top level per line. */
function documentText(): string {
  const members = Object.entries(rights.document()).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
  return `{\n${members.join(",\n")}\n}`;
}
