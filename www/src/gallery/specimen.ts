/** Completes an example: the switches it needs above it, its markup beside it, and its state below, from the report. */
import type { BoundElement } from "permgate";
import { element, fill, prose } from "../dom.ts";
import { rightSwitches } from "./controls.ts";
import { codeBlock, foldedCode, markupOf } from "./markup.ts";

/** The files that examples consist of beside their markup: what is shown is what runs. */
const SOURCES = import.meta.glob<string>("./examples/*", { query: "?raw", import: "default", eager: true });

/** An example of the page. */
export interface Specimen {
  readonly id: string;
  readonly title: string;
  /** Shows what is said of its elements. */
  readonly show: (rows: readonly BoundElement[]) => void;
}

/** Where an element belongs, from when it was first seen: what is taken out is nowhere. */
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

/** How an element is called in a list: its tag, and what stands on it. */
export function nameOf(tagged: Element): string {
  const label = tagged instanceof HTMLInputElement || tagged instanceof HTMLSelectElement ? tagged.labels?.[0] : undefined;
  const heading = tagged.matches("fieldset, section") ? tagged.querySelector("legend, h3") : null;
  const words = tagged.getAttribute("aria-label") ?? (heading ?? label ?? tagged).textContent;
  // Of a label with its options, the first line.
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
