/** All permissions as switches, page by page: for the rights of a user and the content of a role. */
import type { Catalogue } from "../api.ts";
import { element, write } from "../dom.ts";
import { actionOf } from "../pages/rights.ts";
import type { Standing } from "./patterns.ts";

const ACTIONS = ["view", "create", "edit", "delete"];

const SIGNS: Record<Standing["source"], string> = { role: "✓", allow: "✓", deny: "✕", blocked: "–", none: "" };

/** Builds the switches once; `put` only moves them. */
export function createMatrix(catalogue: Catalogue, options: {
  label: string;
  /** The meaning of the signs. */
  legend: readonly (readonly [Standing["source"], string])[];
  testId: (permission: string) => string;
  toggle: (permission: string) => unknown;
}): { root: HTMLElement; switches: HTMLFieldSetElement; put: (standingOf: (permission: string) => Standing) => void } {
  const cells: { permission: string; cell: HTMLButtonElement }[] = [];
  const cell = (permission: string): HTMLButtonElement => {
    const made = element("button", {
      type: "button", class: "cell", role: "switch", "aria-checked": "false", onclick: () => options.toggle(permission),
    });
    cells.push({ permission, cell: made });
    return made;
  };
  const rows: { row: HTMLElement; words: string }[] = [];
  const sections = [...new Set(catalogue.pages.map(({ section }) => section))].map((section) =>
    element("table", { class: "matrix-part" },
      element("thead", {}, element("tr", {},
        element("th", { scope: "col" }, section),
        ...ACTIONS.map((action) => element("th", { scope: "col" }, action)),
      )),
      element("tbody", {}, ...catalogue.pages.filter((page) => page.section === section).map((page) => {
        const row = element("tr", {},
          element("th", { scope: "row" }, page.title),
          ...ACTIONS.map((action) => {
            const permission = page.permissions.find((name) => actionOf(name) === action);
            return element("td", {}, permission === undefined ? null : cell(permission));
          }),
        );
        rows.push({ row, words: `${page.title} ${page.key}`.toLowerCase() });
        return row;
      })),
    ),
  );
  const filter = element("input", {
    type: "search", class: "input", placeholder: "Find a page", "aria-label": "Find a page in the table", "data-testid": "matrix-filter",
    oninput: () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const { row, words } of rows) row.toggleAttribute("data-filtered", !words.includes(wanted));
    },
  });
  const switches = element("fieldset", { class: "matrix-parts", "aria-label": options.label }, ...sections);
  const root = element("div", { class: "matrix" },
    element("div", { class: "matrix-head" }, filter, legend(options.legend)),
    switches,
  );
  return {
    root,
    switches,
    put: (standingOf) => {
      for (const { permission, cell } of cells) {
        const { granted, source, by } = standingOf(permission);
        cell.dataset["testid"] = options.testId(permission);
        cell.dataset["source"] = source;
        cell.setAttribute("aria-checked", String(granted));
        const why = by === undefined ? source : `${source} ${by}`;
        cell.setAttribute("aria-label", `${permission} (${why})`);
        cell.title = `${permission}: ${granted ? "yes" : "no"} (${why})`;
        write(cell, SIGNS[source]);
      }
    },
  };
}

function legend(words: readonly (readonly [Standing["source"], string])[]): HTMLElement {
  return element("ul", { class: "legend" }, ...words.map(([source, label]) =>
    element("li", {}, element("span", { class: "cell", "data-source": source, "aria-hidden": "true" }, SIGNS[source]), label)));
}
