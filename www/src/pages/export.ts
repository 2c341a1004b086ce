/** Saves records as a file of comma-separated values. */
import type { Page, PageRecord } from "../api.ts";
import { element } from "../dom.ts";

/** Offers the file to the user as a download. */
export function exportRecords(page: Page, records: readonly PageRecord[]): void {
  const rows = records.map(({ id, title, amount, status, note }) => [id, title, amount / 100, status, note]);
  const text = [["id", "title", "amount", "status", "note"], ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  element("a", { href: address, download: `${page.key}.csv` }).click();
  URL.revokeObjectURL(address);
}

/** A value in quotes; spreadsheets would run a value that begins with one of these signs. */
function cell(value: string | number): string {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t]/, "'$&") : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}
