/** The elements of the benchmark: 10 000 of them, 100 permissions, some structure around. */

import { token } from "/support/jwt.mjs";

export const ELEMENTS = 10_000;
export const ADDED = 1_000;
const PERMISSIONS = 100;
const PER_ROW = 10;

export const NAMES = Array.from({ length: PERMISSIONS }, (_, index) => `page${index >> 2}:${["view", "create", "edit", "delete"][index & 3]}`);

const even = NAMES.filter((_, index) => index % 2 === 0);
const odd = NAMES.filter((_, index) => index % 2 === 1);

/** Two tokens of one user; between them, every permission flips. */
export const ALL = [even, odd].map(claims);

/** Two tokens of one user; between them, one permission flips. */
export const ONE = [even, even.slice(1)].map(claims);

function claims(permissions) {
  return token({ sub: "u-17", permissions });
}

/** The permissions of a number of elements, each as often as any other. */
export function evenly(count) {
  return Array.from({ length: count }, (_, index) => NAMES[index % NAMES.length]);
}

/** The same elements, of which only a number are tagged: those of the first permissions, each as often as among all elements. */
export function evenlyTagged(count) {
  const tagged = new Set(NAMES.slice(0, (NAMES.length * count) / ELEMENTS));
  return evenly(ELEMENTS).map((name) => (tagged.has(name) ? name : undefined));
}

/**
 * A root with elements in rows, in the document: each is tagged with its name, if it has one. It is a
 * containing block, or the elements after it would be laid out anew whenever it changes, and the first root of the
 * document would find the processor's caches emptied, and the last one not.
 */
export function populate(names = evenly(ELEMENTS)) {
  const root = document.createElement("main");
  root.style.cssText = "position: absolute; inset: 0; overflow: hidden; contain: strict";
  root.append(rows(names));
  document.body.append(root);
  settle();
  return root;
}

/** The same rows, in no document yet. */
export function rows(names) {
  const template = document.createElement("template");
  const cells = (line) => line.map((name) => (name === undefined ? "<b>x</b>" : `<b data-permission="${name}">x</b>`));
  template.innerHTML = lines(names).map((line) => `<p>${cells(line).join("")}</p>`).join("");
  return template.content;
}

/** The content of each row. */
export function lines(names) {
  return Array.from({ length: Math.ceil(names.length / PER_ROW) }, (_, row) => names.slice(row * PER_ROW, (row + 1) * PER_ROW));
}

/** Does the pending style and layout now, so that no measurement includes work of the previous one. */
export function settle() {
  document.body.getBoundingClientRect();
}

/** Collects garbage now, so that no contender pays for the garbage of another one. */
export function collectGarbage() {
  globalThis.gc({ type: "minor" });
}

/** Whether each element of a root has the state that it must have. */
export function check(root, isGranted) {
  const elements = root.querySelectorAll("[data-permission]");
  for (const element of elements) {
    const { permission, permissionState } = element.dataset;
    const expected = isGranted(permission);
    if (permissionState !== expected) throw new Error(`${permission} is ${permissionState}, not ${expected}`);
  }
  return elements.length;
}

/** Whether the texts in a root are exactly the granted ones of these names, in their order. */
export function checkPresent(root, names, isGranted) {
  const wanted = names.filter((name) => isGranted(name) === "granted");
  const there = Array.from(root.querySelectorAll("b"), ({ textContent }) => textContent);
  if (there.join() !== wanted.join()) throw new Error(`the page shows ${there.length} elements, not the ${wanted.length} granted ones`);
}

/** The state of a permission under one of the tokens above. */
export function expected(text) {
  const held = new Set(JSON.parse(atob(text.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).permissions);
  return (name) => (held.has(name) ? "granted" : "denied");
}
