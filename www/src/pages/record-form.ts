/** The details of one record, as a form. Changes of permissions never touch the typed texts. */
import { api, changedMeanwhile, type Fields, type Page, type PageRecord } from "../api.ts";
import { attempt } from "../attempt.ts";
import { element, fill, write } from "../dom.ts";
import { permissions } from "../permissions.ts";
import type { Scope } from "../scope.ts";
import { toast } from "../toast.ts";
import { cents } from "./format.ts";
import type { Needs } from "./record-needs.ts";

/** Builds the form. `saved` gets the record as the server has it now. */
export function createRecordForm(scope: Scope, page: Page, needs: Needs, saved: (record: PageRecord) => void) {
  let record: PageRecord | undefined;
  let isUntouched = true;
  const has = (action: string) => page.permissions.includes(`${page.key}:${action}`);
  const id = (name: string) => `${page.key}-${name}`;

  const text = (name: string, more: Record<string, string | boolean> = {}) =>
    element("input", { id: id(name), name, class: "input", autocomplete: "off", "data-testid": `field-${name}`, ...more });
  const title = text("title", { required: true });
  const amount = text("amount", { inputmode: "decimal" });
  const status = text("status", { required: true, list: id("statuses") });
  const note = element("textarea", { id: id("note"), name: "note", class: "input", rows: 4, "data-testid": "field-note" });
  const fields = [title, amount, status, note];
  const statuses = element("datalist", { id: id("statuses") });

  const heading = element("h3", { "data-testid": "form-heading" });
  const dirty = element("span", { class: "badge warn", hidden: true, "data-testid": "unsaved" }, "Not saved");
  const save = element("button", { class: "button primary", "data-testid": "save", "data-permission": needs.edit }, "Save");
  const saveNew = element("button", {
    type: "button", class: "button", "data-testid": "save-new", "data-permission": needs.create, onclick: () => void submit("new"),
  }, "Save as new");
  const discard = element("button", {
    type: "button", class: "button quiet", "data-testid": "discard", onclick: () => show(record),
  }, "Discard");

  const root = element("form", {
    class: "card record-form", "data-testid": "record-form", novalidate: true,
    oninput: () => mark(false),
    onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      void submit(record === undefined ? "new" : "change");
    },
  },
    element("header", { class: "card-head" }, heading, dirty),
    field("Title", title),
    element("div", { class: "field-pair" }, field("Amount in €", amount), field("Status", status), statuses),
    field("Note", note),
    element("div", { class: "form-actions" }, has("edit") && save, has("create") && saveNew, discard),
    has("create") || has("edit")
      ? element("p", { class: "hint", "data-permission": `!(${needs.write})`, "data-testid": "form-hint" },
        "You can read this record, not change it. What you typed is kept.")
      : element("p", { class: "hint" }, "Records of this page come from elsewhere and are not changed here."),
  );

  const mark = (untouched: boolean): void => {
    isUntouched = untouched;
    dirty.hidden = untouched;
    discard.hidden = untouched;
  };
  const show = (next: PageRecord | undefined): void => {
    record = next;
    title.value = next?.title ?? "";
    amount.value = next === undefined || next.amount === 0 ? "" : (next.amount / 100).toFixed(2);
    status.value = next?.status ?? "draft";
    note.value = next?.note ?? "";
    write(heading, next === undefined ? "New record" : "Details");
    save.disabled = next === undefined;
    mark(true);
  };
  const read = (): Fields | undefined => {
    const value = cents(amount.value);
    if (title.value.trim() === "" || status.value.trim() === "" || value === undefined) {
      toast("failed", "Not saved", "A record needs a title, a status and, if any, an amount such as 1234.50.");
      return undefined;
    }
    return { title: title.value.trim(), amount: value, status: status.value.trim(), note: note.value };
  };
  const submit = (how: "change" | "new") =>
    attempt(how === "new" ? needs.create : needs.edit, async () => {
      const input = read();
      if (input === undefined) return;
      const writing = how === "change" && record !== undefined
        ? api.changeRecord(page.key, record, input)
        : api.addRecord(page.key, input);
      const done = await writing.catch((error: unknown) => {
        // The typed texts are kept; saving once more overwrites the version in the table.
        const current = changedMeanwhile<PageRecord>(error);
        if (current !== undefined) {
          record = current;
          saved(current);
        }
        throw error;
      });
      show(done);
      saved(done);
      toast("done", "Saved", done.title);
    });

  // Data, not markup: the fields can always be read and copied, and edited as long
  // as the user has a right that needs it.
  const guard = (): void => {
    const mayWrite = permissions.canAny([needs.create, needs.edit]);
    for (const input of fields) input.readOnly = !mayWrite;
  };
  scope.add(permissions.subscribe(guard));
  guard();
  show(undefined);

  /** Shows another record, unless typed texts would be lost. */
  const open = (next: PageRecord | undefined): void => {
    if (isUntouched) show(next);
    else toast("failed", "Not saved yet", "Save or discard what you typed first.");
    title.focus();
  };
  return {
    root,
    open,
    startNew: () => open(undefined),
    /** Takes the list of records; shows one only if no typed text would be lost. */
    offer: (records: readonly PageRecord[]) => {
      fill(statuses, ...[...new Set(records.map((each) => each.status))].map((value) => element("option", { value })));
      const same = records.find((each) => each.id === record?.id);
      if (isUntouched && document.activeElement?.closest("form") !== root) show(same ?? records[0]);
    },
  };
}

function field(label: string, input: HTMLElement): HTMLElement {
  return element("div", { class: "field" }, element("label", { for: input.id }, label), input);
}
