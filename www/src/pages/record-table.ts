/** The table of a page's records. Its rows, with their tags, are rebuilt when records change. */
import type { Page, PageRecord } from "../api.ts";
import { element, fill } from "../dom.ts";
import { icon, type IconName } from "../icons.ts";
import { money, statusKind, when } from "./format.ts";
import type { Needs } from "./record-needs.ts";

/** The actions of a row's buttons. */
export interface RowActions {
  edit: (record: PageRecord) => void;
  copy: (records: readonly PageRecord[]) => unknown;
  ask: (records: readonly PageRecord[]) => unknown;
  remove: (records: readonly PageRecord[]) => unknown;
}

/** Builds the table. */
export function createRecordTable(page: Page, needs: Needs, actions: RowActions, selectionChanged: (selected: PageRecord[]) => void) {
  const has = (action: string) => page.permissions.includes(`${page.key}:${action}`);
  const ticked = new Set<string>();
  let records: readonly PageRecord[] = [];
  const selected = () => records.filter(({ id }) => ticked.has(id));

  const tickAll = element("input", {
    type: "checkbox", "aria-label": "Tick all rows", "data-testid": "tick-all",
    onchange: () => {
      for (const { id } of records) if (tickAll.checked) ticked.add(id); else ticked.delete(id);
      put(records);
      selectionChanged(selected());
    },
  });
  const body = element("tbody", { "data-testid": "rows" });
  const root = element("div", { class: "table-scroll" },
    element("table", { class: "table" },
      element("caption", { class: "unseen" }, page.title),
      element("thead", {}, element("tr", {},
        element("th", { scope: "col", class: "tick" }, tickAll),
        ...["Title", "Amount", "Status", "Changed"].map((label) =>
          element("th", { scope: "col", class: label === "Amount" ? "number" : label === "Changed" ? "changed" : "" }, label)),
        element("th", { scope: "col" }, element("span", { class: "unseen" }, "What you can do")),
      )),
      body,
    ),
  );

  const act = (record: PageRecord, name: string, label: string, image: IconName, permission: string, run: () => unknown) =>
    element("button", {
      type: "button", class: "icon-button", "data-testid": `${name}-${record.id}`, "data-permission": permission,
      title: label, "aria-label": `${label} ${record.title}`, onclick: () => run(),
    }, icon(image));

  const row = (record: PageRecord): HTMLTableRowElement => {
    const box = element("input", {
      type: "checkbox", "aria-label": `Tick ${record.title}`, checked: ticked.has(record.id), "data-testid": `tick-${record.id}`,
      onchange: () => {
        if (box.checked) ticked.add(record.id); else ticked.delete(record.id);
        line.toggleAttribute("data-ticked", box.checked);
        tickAll.checked = selected().length === records.length;
        selectionChanged(selected());
      },
    });
    const line = element("tr", { "data-testid": `row-${record.id}`, "data-ticked": ticked.has(record.id) },
      element("td", { class: "tick" }, box),
      element("th", { scope: "row" }, element("span", { class: "title" }, record.title), record.note !== "" && element("small", {}, record.note)),
      element("td", { class: "number" }, money(record.amount)),
      element("td", {}, element("span", { class: "badge", "data-kind": statusKind(record.status) }, record.status)),
      element("td", { class: "changed" }, element("time", { datetime: record.updated_at }, when(record.updated_at))),
      element("td", { class: "row-actions" }, element("div", {},
        // One requirement for each action of a row.
        has("edit") && has("delete") && element("span", { class: "hint", "data-permission": needs.readOnly }, "read only"),
        !has("edit") && element("span", { class: "hint", "data-permission": needs.view }, "read only"),
        has("create") && act(record, "copy", "Copy", "copy", needs.copy, () => actions.copy([record])),
        has("delete") && act(record, "ask", "Ask to delete", "alert", needs.ask, () => actions.ask([record])),
        has("edit") && act(record, "edit", "Edit", "pencil", needs.edit, () => actions.edit(record)),
        has("delete") && act(record, "delete", "Delete", "trash", needs.delete, () => actions.remove([record])),
      )),
    );
    return line;
  };

  const put = (now: readonly PageRecord[]): void => {
    records = now;
    for (const id of [...ticked]) if (!now.some((record) => record.id === id)) ticked.delete(id);
    tickAll.checked = now.length > 0 && selected().length === now.length;
    const none = element("tr", {}, element("td", { colspan: 6, class: "none" }, "There are no records."));
    fill(body, ...(now.length === 0 ? [none] : now.map(row)));
  };
  return { root, put, selected };
}
