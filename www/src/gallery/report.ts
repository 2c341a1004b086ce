/** The table of all bound elements. */
import type { BoundElement } from "permgate";
import { element, fill } from "../dom.ts";
import { nameOf } from "./specimen.ts";

const COLUMNS = ["Element", "Requirement", "Resource", "Mode", "State", "Reason"];

/** Builds the table; `show` fills it. */
export function createReport(place: Element): (rows: readonly BoundElement[]) => void {
  const body = element("tbody", { "data-testid": "report-rows" });
  place.append(element("table", { class: "table" },
    element("thead", {}, element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, name)))),
    body,
  ));
  return (rows) => fill(body, ...rows.map(({ element: tagged, requirement, resource, mode, state, decision }) =>
    element("tr", {},
      element("td", {}, nameOf(tagged)),
      element("td", {}, element("code", {}, requirement)),
      element("td", {}, resource === null ? "" : element("code", {}, resource)),
      element("td", {}, mode),
      element("td", {}, element("span", { class: "outcome", "data-outcome": state }, state)),
      element("td", {}, decision.reason),
    )));
}
