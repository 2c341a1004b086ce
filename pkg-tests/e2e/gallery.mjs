/** Opens the gallery in a state, uses its controls, and reads its content. */

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { probe } from "./probe.mjs";

export const ALL = ["invoice:view", "invoice:edit", "acme:edit", "invoice:delete", "report:view", "role(admin)"];

/** The states in which the gallery can be opened, as in its address. */
export const STATES = {
  granted: { rights: ALL.join(), set: "loaded" },
  denied: { rights: "", set: "loaded" },
  unknown: { rights: ALL.join(), set: "unknown" },
  "signed out": { rights: ALL.join(), set: "signed-out" },
};

const kind = (granted, denied, unknown = denied) => ({ granted, denied, unknown, "signed out": unknown });
const HIDE = kind("shown", "hidden");
const DISABLED = kind("shown", "shown disabled");
const ARIA_DISABLED = kind("shown", "shown aria-disabled");
const READONLY = kind("shown", "shown readonly");
const ARIA_READONLY = kind("shown", "shown aria-readonly");
const reason = (granted, denied, unknown) =>
  kind(`shown${granted}`, `shown disabled, title ${denied}`, `shown disabled, title ${unknown}`);

/** The behaviour that the card of each example promises. */
export const EXAMPLES = {
  "requirement-name": HIDE,
  "requirement-and": HIDE,
  "requirement-or": HIDE,
  "requirement-role": HIDE,
  // If a permission is unknown, so is its negation.
  "requirement-not": kind("hidden", "shown", "hidden"),
  "resource-acme": HIDE,
  "resource-umbrella": HIDE,
  "hide-button": HIDE,
  "disable-button": DISABLED,
  "disable-link": ARIA_DISABLED,
  "disable-counter": kind("shown", "shown disabled aria-disabled inert"),
  "disable-fieldset": DISABLED,
  "readonly-text": READONLY,
  "readonly-select": ARIA_READONLY,
  "readonly-checkbox": ARIA_READONLY,
  "inert-region": kind("shown", "shown inert"),
  "remove-item": kind("shown", "absent"),
  "own-figure": kind("shown", "shown blurred"),
  "subtree-field": DISABLED,
  "subtree-save": DISABLED,
  "subtree-delete": HIDE,
  "reason-decision": {
    ...reason("", "`invoice:edit` is not granted", "permissions are not loaded yet"),
    "signed out": "shown disabled, title nobody is signed in",
  },
  "reason-text": reason(", title Pays it today", "Ask your administrator", "Ask your administrator"),
  "skeleton-total": HIDE,
  "skeleton-bar": kind("hidden", "hidden", "shown"),
  "skeleton-notice": kind("hidden", "shown", "hidden"),
  "focus-panel": kind("shown", "shown"),
  "focus-button": HIDE,
};

/** The expectations for all examples in one state. */
export const expectedIn = (state) => Object.fromEntries(Object.entries(EXAMPLES).map(([id, by]) => [id, by[state]]));

/**
 * Runs in the page before its own scripts. Sets `permgateFrames`: the number of frames, the refused elements
 * that a frame showed without their mode, and the number of frames with the skeleton.
 */
function watchFrames() {
  const frames = { count: 0, flashes: [], skeletons: 0 };
  const options = { visibilityProperty: true, opacityProperty: true };
  const marks = {
    disable: ":disabled, [aria-disabled=true]",
    readonly: "[readonly], [aria-readonly=true]",
    inert: "[inert]",
    blur: "[data-blurred]",
  };
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (!element.hasAttribute("data-permission") || !element.checkVisibility(options)) continue;
      const state = element.getAttribute("data-permission-state");
      const applied = element.getAttribute("data-permission-applied")?.split(" ")[0];
      const isLimited = applied !== undefined && element.matches(marks[applied]);
      if (state === "granted" ? applied === undefined : isLimited) continue;
      frames.flashes.push(`frame ${frames.count}: ${element.outerHTML.slice(0, 200)}`);
    }
  };
  const frame = () => {
    frames.count += 1;
    look(document);
    if (document.querySelector("#skeleton-bar")?.checkVisibility(options)) frames.skeletons += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.permgateFrames = frames;
}

/** Opens the gallery in a state. If its scripts are held back, does not wait for the page to load. */
export async function openGallery(t, browser, { origin }, state, { scripts } = {}) {
  const page = await openPage(browser, { viewport: { width: 1280, height: 900 } });
  t.after(() => page.context().close());
  await page.addInitScript(probe);
  await page.addInitScript(watchFrames);
  if (scripts) {
    await page.route("**/assets/*.js", async (route) => {
      await scripts;
      await route.continue();
    });
  }
  await page.goto(`${origin}/gallery.html?${new URLSearchParams(STATES[state])}`, { waitUntil: scripts ? "commit" : "load" });
  return page;
}

/** The state of each example: whether it is on the page and shown, and how it is restricted. */
export function look(page, ids = Object.keys(EXAMPLES)) {
  return page.evaluate((ids) => {
    const describe = (element) => {
      if (element === null) return "absent";
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return "hidden";
      const words = ["shown"];
      if (element.matches(":disabled, demo-counter[disabled]")) words.push("disabled");
      if (element.ariaDisabled === "true") words.push("aria-disabled");
      if (element.matches("[readonly]")) words.push("readonly");
      if (element.ariaReadOnly === "true") words.push("aria-readonly");
      if (element.inert) words.push("inert");
      if (getComputedStyle(element).filter !== "none") words.push("blurred");
      return words.join(" ") + (element.title === "" ? "" : `, title ${element.title}`);
    };
    return Object.fromEntries(ids.map((id) => [id, describe(document.getElementById(id))]));
  }, ids);
}

/** Waits until the examples are as expected, and names those that are not. */
export async function becomes(page, expected) {
  let seen;
  const isSo = async () => {
    seen = await look(page, Object.keys(expected));
    return isDeepStrictEqual(seen, expected);
  };
  await until("the examples are as expected", isSo).catch((late) => {
    assert.deepEqual(seen, expected);
    throw late;
  });
}

/** The report of the binding, and the rows of the table in which the page shows it. */
export function reports(page) {
  return page.evaluate(() => {
    const own = window.permgateGallery.binding.report().map(({ requirement, resource, mode, state, decision }) =>
      [requirement, resource ?? "", mode, state, decision.reason]);
    const table = [...document.querySelectorAll("[data-testid=report-rows] tr")].map((row) =>
      [...row.cells].slice(1).map((cell) => cell.textContent));
    return { own, table };
  });
}

/** Checks that the console has no errors, that no policy was violated, and that no frame showed a refused element. */
export async function assertClean(page) {
  const { flashes, count, violations } = await page.evaluate(() => ({
    ...window.permgateFrames,
    violations: window.permgateProbe.record.violations,
  }));
  assert.deepEqual({ complaints: page.complaints, flashes, violations }, { complaints: [], flashes: [], violations: [] });
  assert.ok(count > 0, "no frame was looked at");
}
