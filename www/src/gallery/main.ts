/** Starts the gallery: completes the examples, creates permgate, and shows its decisions. */
import type { Binding, Permissions } from "permgate";
import { applyTheme } from "../theme.ts";
import { fillAside, fillBar } from "./controls.ts";
import { openPermissions } from "./permissions.ts";
import { createReport } from "./report.ts";
import { createSpecimen } from "./specimen.ts";
import * as counter from "./examples/demo-counter.ts";
import * as focus from "./examples/focus.ts";
import * as invoice from "./examples/demo-invoice.ts";
import * as rows from "./examples/rows.ts";

applyTheme();

const place = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`there is no \`#${id}\` on the page`);
  return found;
};

// Their markup is read before custom elements, added rows and permgate change it.
const specimens = [...document.querySelectorAll<HTMLElement>(".specimen")].map(createSpecimen);
fillBar(place("bar"));
fillAside(place("aside"), [...specimens, { id: "report", title: "The report" }]);
const showReport = createReport(place("report-table"));

for (const example of [counter, invoice, rows, focus]) example.start();

const permissions = await openPermissions();
const binding = permissions.bind(document);
// For the tests and for your console: `permgateGallery.binding.report()`.
window.permgateGallery = { permissions, binding };

/** Shows the present report of the binding. */
function show(): void {
  const rows = binding.report();
  for (const specimen of specimens) specimen.show(rows);
  showReport(rows);
}

permissions.subscribe(show);
// Elements are added and removed, too. A shadow root is attached by a press of a button, which is disabled then.
const observer = new MutationObserver(show);
for (const live of document.querySelectorAll(".live")) {
  observer.observe(live, { childList: true, subtree: true, attributeFilter: ["disabled", "title"] });
}
show();

declare global {
  interface Window {
    /** For tests and tools. */
    permgateGallery: { readonly permissions: Permissions; readonly binding: Binding };
  }
}
