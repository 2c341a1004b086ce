/** The markup of an example as text, read from the example itself before anything has written to it. */
import { element, type Child } from "../dom.ts";

/** The markup of the content of an element, as its author wrote it. */
export function markupOf(example: Element): string {
  // As a document is written by hand: no value for attributes that have none, and a bare `&` where
  // it begins nothing. `data-permission-reason=""` is meant so.
  const html = example.innerHTML
    .replaceAll(/ ((?!data-)[a-z-]+)=""/g, " $1")
    .replaceAll("&amp; ", "& ");
  const lines = html.split("\n").filter((line) => line.trim() !== "");
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** A block of code in which the attributes of permgate are highlighted. */
export function codeBlock(text: string, label: string): HTMLElement {
  const lines = text.split("\n");
  return element("pre", { class: "code", tabindex: 0, role: "region", "aria-label": label },
    element("code", {}, ...lines.map((line, index) => codeLine(index === lines.length - 1 ? line : `${line}\n`))));
}

/** A line whose continuation is indented where it is broken. */
function codeLine(line: string): HTMLElement {
  const parts: Child[] = line.split(/(data-permission[a-z-]*(?:="[^"]*")?)/).flatMap((part, index) =>
    index % 2 === 1 ? [element("b", {}, part)] : breakable(part));
  const made = element("span", {}, ...parts);
  made.style.setProperty("--indent", String(Math.max(0, line.search(/\S/))));
  return made;
}

/** A text that is broken before the end of an element rather than within a word. */
function breakable(text: string): Child[] {
  const [first = "", ...others] = text.split("</");
  return [first, ...others.flatMap((other) => [element("wbr"), `</${other}`])];
}

/** The number of lines that are shown before a block is opened. */
const FEW_LINES = 12;

/** A block of code under its name, folded if it is long. */
export function foldedCode(text: string, name: string): HTMLElement {
  return element("details", { class: "folded", open: text.split("\n").length <= FEW_LINES },
    element("summary", {}, element("code", {}, name)), codeBlock(text, name));
}
