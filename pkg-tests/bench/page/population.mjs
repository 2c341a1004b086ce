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

/** A root with tagged elements in rows, in the document. */
export function populate(count = ELEMENTS) {
  const root = document.createElement("main");
  root.append(rows(count));
  document.body.append(root);
  settle();
  return root;
}

/** Rows of tagged elements, in no document yet. */
export function rows(count) {
  const template = document.createElement("template");
  const cells = Array.from({ length: count }, (_, index) => `<b data-permission="${NAMES[index % NAMES.length]}">x</b>`);
  const lines = [];
  while (cells.length > 0) lines.push(`<p>${cells.splice(0, PER_ROW).join("")}</p>`);
  template.innerHTML = lines.join("");
  return template.content;
}

/** Does the pending style and layout now, so that no measurement pays for what came before it. */
export function settle() {
  document.body.getBoundingClientRect();
}

/** Collects garbage now, so that none of another's is collected while somebody is measured. */
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

/** The state of a permission under one of the tokens above. */
export function expected(text) {
  const held = new Set(JSON.parse(atob(text.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).permissions);
  return (name) => (held.has(name) ? "granted" : "denied");
}
