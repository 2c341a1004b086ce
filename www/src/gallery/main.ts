/** Starts the gallery: completes the examples, creates permgate, and follows what it says. */
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

// Their markup is read before anything writes to it: custom elements, rows and permgate come later.
const specimens = [...document.querySelectorAll<HTMLElement>(".specimen")].map(createSpecimen);
fillBar(place("bar"));
fillAside(place("aside"), [...specimens, { id: "report", title: "The report" }]);
const showReport = createReport(place("report-table"));

for (const example of [counter, invoice, rows, focus]) example.start();

const permissions = await openPermissions();
const binding = permissions.bind(document);
// For the tests and for your console: `permgateGallery.binding.report()`.
window.permgateGallery = { permissions, binding };

/** Shows what the binding says now. */
function show(): void {
  const rows = binding.report();
  for (const specimen of specimens) specimen.show(rows);
  showReport(rows);
}

permissions.subscribe(show);
// Elements come and go, too. What is in a shadow root comes with a press of a button, which is disabled then.
const observer = new MutationObserver(show);
for (const live of document.querySelectorAll(".live")) {
  observer.observe(live, { childList: true, subtree: true, attributeFilter: ["disabled", "title"] });
}
show();

declare global {
  interface Window {
    /** What tests and tools may use. */
    permgateGallery: { readonly permissions: Permissions; readonly binding: Binding };
  }
}
