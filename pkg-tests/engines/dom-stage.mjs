/** Opens, fills, binds and inspects the pages of the tests of the DOM. */

import { after, before } from "node:test";
import { openPage, run, startAuthority } from "./stage.mjs";

/** The result of `gating` in the page for each mode; `own` is the page's own mode. */
export const GATINGS = { hide: "hidden", disable: "disabled", readonly: "readonly", inert: "inert", remove: "out", own: "own" };
export const MODES = Object.keys(GATINGS);

/** The tagged element of a mode: a button, or a field for `readonly`. */
export function tagged(mode, id = mode) {
  const attributes = `id="${id}" data-permission="a:use" data-permission-mode="${mode}"`;
  return mode === "readonly" ? `<input ${attributes}>` : `<button ${attributes}>Use</button>`;
}

/** Opens a page of the tests of the DOM, and returns its server. */
export async function openDom(t, { driver }, path = "/dom.html") {
  const authority = await startAuthority(t);
  await openPage(driver, authority.origin, path);
  return authority;
}

/** Sets the content of the page. */
export const put = (driver, html) => run(driver, (html) => window.put(html), html);

/** Creates an instance with these permissions, bound to the page. */
export const beginWith = (driver, names, options = {}) => run(driver, (names, options) => window.begin(names, options), names, options);

/** Grants exactly these permissions from now on. */
export const allow = (driver, ...names) => run(driver, (names) => window.allow(names), names);

/**
 * Opens one page for all tests of an engine, with an instance that grants nothing, and closes it after them. In the page,
 * `prepare` runs before the instance is created, and `follow` after that. Returns the page's server, once it is open, and
 * `stage`, which grants exactly these permissions and then sets the content of the page.
 */
export function shareDom(engine, { prepare = () => undefined, follow = () => undefined, given } = {}) {
  const stops = [];
  const shared = {
    authority: undefined,
    async stage(html, ...names) {
      await allow(engine.driver, ...names);
      await put(engine.driver, html);
    },
  };
  before(async () => {
    shared.authority = await openDom({ after: (stop) => stops.push(stop) }, engine);
    await run(engine.driver, prepare, given);
    await put(engine.driver, "");
    await beginWith(engine.driver, []);
    await run(engine.driver, follow, given);
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  return shared;
}
