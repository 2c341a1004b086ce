/** The pages of the tests of the DOM: opened, filled, bound, and looked at. */

import { openPage, run, startAuthority } from "./stage.mjs";

/** How an element is kept from being used in each mode, as `gating` of the page says it; `own` is the page's own mode. */
export const GATINGS = { hide: "hidden", disable: "disabled", readonly: "readonly", inert: "inert", remove: "out", own: "own" };
export const MODES = Object.keys(GATINGS);

/** What is tagged in a mode: a button, or a field where it is to be read only. */
export function tagged(mode, id = mode) {
  const attributes = `id="${id}" data-permission="a:use" data-permission-mode="${mode}"`;
  return mode === "readonly" ? `<input ${attributes}>` : `<button ${attributes}>Use</button>`;
}

/** Opens a page of the tests of the DOM; gives the server behind it. */
export async function openDom(t, { driver }, path = "/dom.html") {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin, path);
  return authority;
}

/** Sets the content of the page. */
export const put = (driver, html) => run(driver, (html) => window.put(html), html);

/** Begins an instance with these rights, bound to the page. */
export const beginWith = (driver, names, options = {}) => run(driver, (names, options) => window.begin(names, options), names, options);

/** Grants these names from now on, and nothing else. */
export const allow = (driver, ...names) => run(driver, (names) => window.allow(names), names);
