/** A line to add a grant: allow or deny, of a permission or a pattern with `*`. */
import type { Catalogue, Grant } from "../api.ts";
import { element } from "../dom.ts";

/** Builds the line. `add` resolves to whether the grant was added: only then is the line emptied. */
export function createGrantForm(catalogue: Catalogue, add: (grant: Grant) => Promise<boolean>): HTMLElement {
  const effect = element("select", { class: "input", "aria-label": "Allow or deny", "data-testid": "grant-effect" },
    element("option", { value: "allow" }, "allow"), element("option", { value: "deny" }, "deny"));
  const pattern = createPatternInput(catalogue, "grant-pattern");
  const form = element("form", {
    class: "line",
    onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      const grant: Grant = { permission: pattern.input.value.trim(), effect: effect.value === "deny" ? "deny" : "allow" };
      void add(grant).then((isDone) => isDone && form.reset());
    },
  }, effect, pattern.root, element("button", { class: "button", "data-testid": "grant-add" }, "Add"));
  return form;
}

/** A field for a pattern that suggests the existing names. */
export function createPatternInput(catalogue: Catalogue, testId: string): { root: HTMLElement; input: HTMLInputElement } {
  const input = element("input", {
    class: "input mono", required: true, list: `${testId}-names`, placeholder: "invoice:edit, invoice:*", spellcheck: "false",
    autocomplete: "off", autocapitalize: "none", "aria-label": "Permission or pattern", "data-testid": testId,
  });
  const names = element("datalist", { id: `${testId}-names` }, ...catalogue.permissions.map((value) => element("option", { value })));
  return { root: element("span", { class: "line-wide" }, input, names), input };
}
