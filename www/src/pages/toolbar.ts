/** The buttons above a table: for the whole page, and for the ticked rows. */
import type { Page, PageRecord } from "../api.ts";
import { element, write } from "../dom.ts";
import { icon, type IconName } from "../icons.ts";
import { exportRecords } from "./export.ts";
import type { Needs } from "./record-needs.ts";

type Chosen = readonly PageRecord[];

/** The actions of the buttons. */
export interface ToolbarActions {
  create: () => void;
  copy: (chosen: Chosen) => unknown;
  approve: (chosen: Chosen) => unknown;
  ask: (chosen: Chosen) => unknown;
  remove: (chosen: Chosen) => unknown;
}

/** Builds the bars. `put` passes the rows and the ticked ones. */
export function createToolbar(page: Page, needs: Needs, actions: ToolbarActions): { root: HTMLElement; put: (all: Chosen, selected: Chosen) => void } {
  let all: Chosen = [];
  let selected: Chosen = [];
  const has = (action: string) => page.permissions.includes(`${page.key}:${action}`);
  const tally = element("span", { class: "tally", "data-testid": "tally" });
  const bulk: HTMLButtonElement[] = [];

  const tool = (testId: string, label: string, name: IconName, permission: string | undefined, act: () => unknown, kind = "") =>
    element("button", {
      type: "button", class: `button ${kind}`, "data-testid": testId, "data-permission": permission, onclick: () => act(),
    }, icon(name), label);
  const forSelected = (...parameters: Parameters<typeof tool>) => {
    const button = tool(...parameters);
    button.classList.add("small");
    bulk.push(button);
    return button;
  };

  const root = element("div", { class: "bars" },
    element("div", { class: "toolbar", role: "toolbar", "aria-label": "Page" },
      has("create") && tool("create", "New", "plus", needs.create, actions.create, "primary"),
      // Without a tag: everybody sees it, and users without the permission get the reason.
      tool("approve", "Approve", "check", undefined, () => actions.approve(selected.length > 0 ? selected : all.slice(0, 1))),
      tool("export", "Export", "download", needs.view, () => exportRecords(page, selected.length > 0 ? selected : all)),
      (has("create") || has("edit")) && element("span", { class: "badge good", "data-permission": needs.write }, "You can write here"),
      has("edit") && has("delete")
        ? element("span", { class: "badge", "data-permission": needs.readOnly }, "Read only")
        : !has("edit") && element("span", { class: "badge", "data-permission": needs.view }, "Read only"),
    ),
    element("div", { class: "toolbar bulk", role: "toolbar", "aria-label": "Ticked rows", "data-testid": "bulk" },
      tally,
      has("edit") && forSelected("bulk-approve", "Approve", "check", needs.edit, () => actions.approve(selected)),
      has("create") && forSelected("bulk-copy", "Copy", "copy", needs.copy, () => actions.copy(selected)),
      has("delete") && forSelected("bulk-ask", "Ask to delete", "alert", needs.ask, () => actions.ask(selected)),
      has("delete") && forSelected("bulk-delete", "Delete", "trash", needs.delete, () => actions.remove(selected), "danger"),
      forSelected("bulk-export", "Export", "download", needs.view, () => exportRecords(page, selected)),
    ),
  );
  const put = (records: Chosen, ticked: Chosen): void => {
    [all, selected] = [records, ticked];
    write(tally, ticked.length === 0 ? `${records.length} records` : `${ticked.length} of ${records.length} ticked`);
    // Disabled by the application, hidden by permgate: the two are independent.
    for (const button of bulk) button.disabled = ticked.length === 0;
  };
  put([], []);
  return { root, put };
}
