/** The chunk `misspelt.js`: during development, warns of attributes whose names are nearly those of permgate. They tag nothing, and their element is shown to everybody. Loaded by `refusal.ts`. */

import { outside } from "./zone.js";

/** A name without its most frequently mistyped letters: vowels, doubled letters, and an `s` at the end of a word. */
const soundOf = (name: string): string => name.replace(/[aeiou]|(.)(?=\1)|s\b/g, "");

/** The correct names by their sound; and the wrong names that were reported, by themselves. */
const NAMES = new Map(["data-permission", "data-permission-resource", "data-permission-mode", "data-permission-reason"].map((name) => [soundOf(name), name]));

/** How many added elements are kept until the page is idle. If there are more, the whole page is checked then. */
const ADDED_MAX = 1000;

/** Elements that were added since the last check. */
const added = new Set<Node>();

let bindings = 0;
let observer: MutationObserver | undefined;
let isCheckDue = false;

/** Checks the elements of the page, and those that are added to it while any binding exists. Returns a function that ends this for one binding. */
export function lookForMisspelt(): () => void {
  bindings += 1;
  observer ??= outside(() => new MutationObserver(note));
  checkAll(document);
  return () => {
    bindings -= 1;
    if (bindings > 0) return;
    observer?.disconnect();
    observer = undefined;
    added.clear();
  };
}

/** Keeps added elements for the next check. An attribute, which hot reload may have renamed, is checked at once. */
function note(records: readonly MutationRecord[]): void {
  for (const { attributeName, addedNodes, removedNodes, target } of records) {
    if (attributeName) check(target as Element, attributeName);
    // A page that never is idle keeps none of the elements that it has removed.
    for (const node of removedNodes) added.delete(node);
    for (const node of addedNodes) if (added.size <= ADDED_MAX) added.add(node);
  }
  if (added.size === 0 || isCheckDue) return;
  isCheckDue = true;
  // Safari has no idle callbacks.
  outside(globalThis.requestIdleCallback ?? setTimeout, checkAdded);
}

function checkAdded(): void {
  isCheckDue = false;
  const nodes = [...added];
  added.clear();
  if (nodes.length > ADDED_MAX) checkAll(document);
  else for (const node of nodes) if (node.isConnected) checkBelow(node);
}

/** Checks a whole tree, and observes it from now on. */
function checkAll(root: Document | ShadowRoot): void {
  observer?.observe(root, { subtree: true, childList: true, attributes: true });
  checkBelow(root);
}

/** Checks a node, the elements in it, and their open shadow roots. */
function checkBelow(node: Node): void {
  // Methods of prototypes, since the names of elements can hide those of a document or a form.
  const walker = Document.prototype.createTreeWalker.call(document, node, NodeFilter.SHOW_ELEMENT);
  for (let at: Node | null = node; at; at = walker.nextNode()) {
    if (!(at instanceof Element)) continue;
    for (const name of Element.prototype.getAttributeNames.call(at)) check(at, name);
    if (at.shadowRoot instanceof ShadowRoot) checkAll(at.shadowRoot);
  }
}

function check(element: Element, name: string): void {
  const meant = NAMES.get(soundOf(name));
  if (!meant || meant === name || NAMES.has(name)) return;
  NAMES.set(name, name);
  console.warn(`permgate: \`${name}\` means nothing; did you mean \`${meant}\`?`, element);
}
