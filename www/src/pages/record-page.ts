/** A page of records: toolbar, table, details; dozens of tagged elements, several per permission. */
import { api, changedMeanwhile, type Page, type PageRecord } from "../api.ts";
import { attempt, showFailure } from "../attempt.ts";
import { element } from "../dom.ts";
import type { Scope } from "../scope.ts";
import { toast } from "../toast.ts";
import { gated, loadWhenGranted } from "./gated.ts";
import { needsOf } from "./record-needs.ts";
import { createRecordForm } from "./record-form.ts";
import { createRecordTable } from "./record-table.ts";
import { createQuestion } from "./question.ts";
import { rightChips } from "./rights.ts";
import { createToolbar } from "./toolbar.ts";
import type { View } from "./view.ts";

/** Builds the page. */
export function createRecordPage(scope: Scope, page: Page): View {
  const needs = needsOf(page);
  let records: PageRecord[] = [];
  /** The number of saves: a list that was requested before a save may not contain it. */
  let saves = 0;

  const load = async (): Promise<void> => {
    const before = saves;
    try {
      const found = await api.records(page.key);
      if (saves === before) put(found);
      else await load();
    } catch (error) {
      showFailure(error);
    }
  };
  const put = (now: PageRecord[]): void => {
    records = now;
    table.put(records);
    form.offer(records);
    toolbar.put(records, table.selected());
  };
  const replace = (changed: PageRecord): void => {
    saves += 1;
    const isNew = !records.some(({ id }) => id === changed.id);
    put(isNew ? [...records, changed] : records.map((record) => (record.id === changed.id ? changed : record)));
  };

  /** Shows the current version of a record if a change was refused because of it. */
  const meanwhile = (act: () => Promise<void>): Promise<void> =>
    act().catch((error: unknown) => {
      const current = changedMeanwhile<PageRecord>(error);
      if (current !== undefined) replace(current);
      throw error;
    });

  /** Does something to several records, one after the other, up to the first refusal. */
  const each = (needed: string, done: string, chosen: readonly PageRecord[], act: (record: PageRecord) => Promise<void>) =>
    attempt(needed, async () => {
      for (const record of chosen) await act(record);
      if (chosen.length > 0) toast("done", done, chosen.map(({ title }) => title).join(", "));
    });
  const change = async (record: PageRecord, fields: Partial<PageRecord>): Promise<void> => {
    const { title, amount, status, note } = { ...record, ...fields };
    await meanwhile(async () => replace(await api.changeRecord(page.key, record, { title, amount, status, note })));
  };
  const copy = async ({ title, amount, status, note }: PageRecord): Promise<void> =>
    replace(await api.addRecord(page.key, { title: `${title} (copy)`, amount, status, note }));

  const actions = {
    create: () => form.startNew(),
    edit: (record: PageRecord) => form.open(record),
    copy: (chosen: readonly PageRecord[]) => each(needs.copy, "Copied", chosen, copy),
    approve: (chosen: readonly PageRecord[]) =>
      each(needs.edit, "Approved", chosen, (record) => change(record, { status: "approved" })),
    ask: (chosen: readonly PageRecord[]) =>
      each(needs.ask, "Deletion requested", chosen, (record) =>
        change(record, { note: `${record.note} Please delete.`.trim() })),
    remove: (chosen: readonly PageRecord[]) =>
      each(needs.delete, "Deleted", chosen, async (gone) => {
        await meanwhile(() => api.removeRecord(page.key, gone));
        saves += 1;
        put(records.filter(({ id }) => id !== gone.id));
      }),
  };
  const table = createRecordTable(page, needs, actions, (selected) => toolbar.put(records, selected));
  const toolbar = createToolbar(page, needs, actions);
  const form = createRecordForm(scope, page, needs, replace);

  const body = element("div", { class: "page-body" },
    element("section", { class: "card table-card" }, toolbar.root, table.root),
    element("div", { class: "aside" }, form.root, createQuestion(scope, needs.ask)),
  );
  const root = element("article", { class: "page", "data-testid": `page-${page.key}` },
    element("header", { class: "page-head" },
      element("div", {},
        element("p", { class: "eyebrow" }, page.section),
        element("h1", {}, page.title),
      ),
      rightChips(page.permissions, "What you may do here"),
    ),
    ...gated(needs.view, page.title, body),
  );
  return { root, title: page.title, ...loadWhenGranted(scope, needs.view, root, () => void load()) };
}
