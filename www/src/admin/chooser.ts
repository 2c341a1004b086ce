/** The list beside an administration page: the users or roles to show, and a form to add one. */
import { element, fill } from "../dom.ts";
import { link } from "../router.ts";

/** One entry. */
export interface Choice {
  path: string;
  testId: string;
  image: HTMLElement | null;
  title: string;
  text: string;
  badge: string;
  isChosen: boolean;
}

/** Builds the list. */
export function createChooser(label: string, ...below: HTMLElement[]): { root: HTMLElement; put: (choices: readonly Choice[]) => void } {
  const list = element("ul", { class: "choose" });
  return {
    root: element("nav", { class: "card chooser", "aria-label": label }, list, ...below),
    put: (choices) =>
      fill(list, ...choices.map((choice) =>
        element("li", {},
          link(choice.path, { class: "choose-link", "data-testid": choice.testId, "aria-current": choice.isChosen && "true" },
            choice.image,
            element("span", { class: "choose-text" }, element("strong", {}, choice.title), element("small", {}, choice.text)),
            element("span", { class: "badge" }, choice.badge),
          ),
        ),
      )),
  };
}

/** A form of single lines that can be opened, for adding something. */
export function createAdder(options: {
  label: string;
  permission: string;
  prefix: string;
  fields: readonly { name: string; label: string; type?: string }[];
  /** Resolves to whether it was added: only then are the fields emptied. */
  add: (values: Record<string, string>) => Promise<boolean>;
}): HTMLElement {
  const inputs = options.fields.map(({ name, label, type = "text" }) => {
    const input = element("input", {
      id: `${options.prefix}-${name}`, name, type, class: "input", required: true, "data-testid": `${options.prefix}-${name}`,
      autocomplete: type === "password" ? "new-password" : "off",
    });
    return { name, input, row: element("div", { class: "field" }, element("label", { for: input.id }, label), input) };
  });
  const form = element("form", {
    onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      const values = Object.fromEntries(inputs.map(({ name, input }) => [name, input.value]));
      void options.add(values).then((isDone) => isDone && form.reset());
    },
  }, ...inputs.map(({ row }) => row), element("button", { class: "button primary", "data-testid": `${options.prefix}-add` }, "Add"));
  return element("details", { class: "adder", "data-permission": options.permission }, element("summary", {}, options.label), form);
}
