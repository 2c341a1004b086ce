/** Completes an example: its switches above, its markup beside it, and its state from the report below. */
import type { BoundElement } from "permgate";
import { element, fill, prose } from "../dom.ts";
import { rightSwitches } from "./controls.ts";
import { codeBlock, foldedCode, markupOf } from "./markup.ts";

/** The files of examples beside their markup: the shown files are the ones that run. */
const SOURCES = import.meta.glob<string>("./examples/*", { query: "?raw", import: "default", eager: true });

/** An example of the page. */
export interface Specimen {
  readonly id: string;
  readonly title: string;
  /** Shows the report on its elements. */
  readonly show: (rows: readonly BoundElement[]) => void;
}

/** The example of each element, noted when it was first seen, since a removed element has no place. */
const homes = new WeakMap<Element, Element>();

/** Completes a section of the page, before anything in it is bound. */
export function createSpecimen(section: HTMLElement): Specimen {
  const live = section.querySelector(".live");
  const title = section.querySelector("h2");
  if (live === null || title === null) throw new Error(`\`#${section.id}\` has no example`);
  for (const tagged of live.querySelectorAll("[data-permission]")) homes.set(tagged, section);
  const keys = section.dataset["rights"]?.split(" ") ?? [];
  const sources = section.dataset["sources"]?.split(" ") ?? [];
  const states = element("ul", { class: "states", "data-testid": `states-${section.id}`, "aria-label": "States" });
  title.after(rightSwitches(keys, section.id));
  section.append(
    element("div", { class: "codes" },
      codeBlock(markupOf(live), `${title.textContent}: HTML`),
      ...sources.map((name) => foldedCode((SOURCES[`./examples/${name}`] ?? "").trim(), name)),
    ),
    states,
  );
  return {
    id: section.id,
    title: title.textContent,
    show: (rows) => fill(states, ...rows.filter((row) => homeOf(row.element) === section).map(stateOf)),
  };
}

/** The name of an element in a list: its tag and its text. */
export function nameOf(tagged: Element): string {
  const label = tagged instanceof HTMLInputElement || tagged instanceof HTMLSelectElement ? tagged.labels?.[0] : undefined;
  const heading = tagged.matches("fieldset, section") ? tagged.querySelector("legend, h3") : null;
  const words = tagged.getAttribute("aria-label") ?? (heading ?? label ?? tagged).textContent;
  // The first line, for a label with its options.
  return `<${tagged.localName}> ${words.trim().split("\n")[0] ?? ""}`.trim();
}

function homeOf(tagged: Element): Element | null {
  const known = homes.get(tagged);
  if (known !== undefined) return known;
  let from = tagged;
  for (let top = from.getRootNode(); top instanceof ShadowRoot; top = from.getRootNode()) from = top.host;
  const home = from.closest(".specimen");
  if (home !== null) homes.set(tagged, home);
  return home;
}

function stateOf({ element: tagged, requirement, mode, state, decision }: BoundElement): HTMLElement {
  const title = tagged.getAttribute("title");
  return element("li", {},
    element("strong", { class: "outcome", "data-outcome": state }, state),
    element("span", { class: "state-name" }, nameOf(tagged)),
    element("span", {}, element("code", {}, requirement), " ", mode !== "hide" && element("span", { class: "chip" }, mode)),
    element("span", { class: "state-why" },
      ...prose(decision.message), " ",
      !tagged.isConnected && element("span", { class: "chip" }, "not in the document"), " ",
      title !== null && element("span", { class: "chip" }, `title: ${title}`),
    ),
  );
}
