/** The page's side of the tests: one instance bound to the document, a naive model of the decisions, and a check of every frame. */

import { createPermissions } from "/permgate/index.js";
import { token } from "/support/jwt.mjs";

/** The permissions that a document may grant. */
export const NAMES = ["invoice:view", "invoice:edit", "invoice:delete", "invoice:pay", "invoice:note"];
/** The permission that may be granted on one resource only. */
export const RESOURCES = ["tenants/acme/1", "tenants/acme/2", "tenants/acme/3"];

const rightToEdit = (resource) => ({ grants: [{ permission: "invoice:edit", resource, effect: "allow" }] });

/** The permissions that are granted at the moment. */
let held = { names: [], resources: [] };

/** The meaning of each requirement in the tests, without permgate. */
const MEANINGS = {
  ...Object.fromEntries(NAMES.map((name) => [name, (has) => has(name)])),
  "!invoice:edit": (has) => !has("invoice:edit"),
  "invoice:view & invoice:edit": (has) => has("invoice:view") && has("invoice:edit"),
  "invoice:view | invoice:edit": (has) => has("invoice:view") || has("invoice:edit"),
};
export const REQUIREMENTS = Object.keys(MEANINGS);

/** Whether the naive model grants a requirement. */
export function isGranted(requirement, resource = null) {
  const has = (name) => held.names.includes(name) || (name === "invoice:edit" && held.resources.includes(resource));
  return MEANINGS[requirement](has);
}

/** The instance, its binding, and the findings: `flashes` are refused elements that could be seen or used in a frame. */
export const stage = { permissions: undefined, binding: undefined, frames: 0, flashes: [], errors: [] };

const claims = () => ({ sub: "u-17", exp: 4_000_000_000, permissions: held.names, roles: held.resources });

/** Creates the instance with nothing granted, binds the document, and begins to check frames. */
export async function begin() {
  stage.permissions = await createPermissions({
    token: token(claims()),
    // The elements are added later: the chunk of the modes has to be loaded by then.
    modes: {},
    claims: [{ path: ["permissions"] }, { path: ["roles"], target: "roles" }],
    rolePermissions: Object.fromEntries(RESOURCES.map((resource) => [resource, rightToEdit(resource)])),
  });
  stage.permissions.on("error", ({ message }) => stage.errors.push(message));
  await stage.permissions.whenReady();
  stage.binding = stage.permissions.bind(document);
  look();
}

/** The most microtasks that reading a token may take: it is done before any frame. */
const TURNS_MAX = 20;

/** Grants exactly these permissions from now on, and waits until the instance answers accordingly. */
export async function grant({ names = [], resources = [] } = {}) {
  held = { names, resources };
  stage.permissions.setToken(token(claims()));
  const isSo = (resource) => NAMES.every((name) => stage.permissions.can(name, resource ?? undefined) === isGranted(name, resource));
  for (let turn = 0; ![null, ...RESOURCES].every(isSo); turn += 1) {
    if (turn === TURNS_MAX) throw new Error("the new token was not read in this task");
    await null;
  }
}

/** All elements of the page with a selector, through open shadow roots. */
export function all(selector, root = document) {
  return [...root.querySelectorAll("*")].flatMap((element) => [
    ...(element.matches(selector) ? [element] : []),
    ...(element.shadowRoot ? all(selector, element.shadowRoot) : []),
  ]);
}

/** The attribute of the nearest element that has it, from this one upwards and out of shadow roots. */
function nearest(element, name) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest(`[${name}]`);
    if (found) return found.getAttribute(name);
  }
  return null;
}

export const isVisible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

/** Whether a region without a state of its own is disabled: none of its content can be used. */
const isEmptied = (element) =>
  element.matches("[data-permission-applied^=disable]") &&
  [...element.querySelectorAll("a,button,input,select,textarea,[tabindex]")].every((one) => one.matches(":disabled,[aria-disabled=true],[inert]"));

/** Whether a region without a state of its own is read-only: none of its fields takes a text. */
const isUnchanged = (element) => {
  const fields = [...element.querySelectorAll("input,textarea")].filter(({ type }) => type !== "checkbox");
  return element.matches("[data-permission-applied^=readonly]") && fields.length > 0 && fields.every(({ readOnly }) => readOnly);
};

/** Whether an element can be seen or used as if it were granted. */
function isOpen(element) {
  const mode = nearest(element, "data-permission-mode") ?? "hide";
  if (mode === "disable") return isVisible(element) && !element.disabled && element.getAttribute("aria-disabled") !== "true" && !isEmptied(element);
  if (mode === "readonly") return isVisible(element) && !element.readOnly && !isUnchanged(element);
  if (mode === "inert") return isVisible(element) && !element.inert;
  return isVisible(element);
}

const describe = (element) => element.cloneNode(false).outerHTML;

/** The tagged elements that can be used and are refused, judged by the page alone. */
export function leaks() {
  return all("[data-permission]")
    .filter((element) => !isGranted(element.getAttribute("data-permission"), nearest(element, "data-permission-resource")))
    .filter(isOpen)
    .map(describe);
}

/** Further faults: a state that differs from the decision, or an element that the binding does not count. */
export function faults() {
  const tagged = all("[data-permission]");
  const wrong = tagged.filter((element) => {
    const granted = isGranted(element.getAttribute("data-permission"), nearest(element, "data-permission-resource"));
    return element.getAttribute("data-permission-state") !== (granted ? "granted" : "denied");
  });
  const { binding } = stage;
  const reported = new Set(binding.report().map(({ element }) => element));
  return [
    ...wrong.map((element) => `the state of ${describe(element)} is wrong`),
    ...tagged.filter((element) => !reported.has(element)).map((element) => `${describe(element)} is not bound`),
    ...(binding.size === tagged.length ? [] : [`${binding.size} are bound, and ${tagged.length} are tagged`]),
    ...leaks().map((leak) => `${leak} is open`),
  ];
}

/** The callbacks that wait for the end of a frame. */
let waiting = [];

/**
 * Checks each frame as it is painted: a `ResizeObserver` is called after all callbacks of a frame and
 * before the frame is painted.
 */
function look() {
  const gauge = document.createElement("div");
  gauge.style.position = "absolute";
  document.body.append(gauge);
  new ResizeObserver(() => {
    stage.frames += 1;
    for (const leak of leaks()) stage.flashes.push(`frame ${stage.frames}: ${leak}`);
    for (const resolve of waiting.splice(0)) resolve();
  }).observe(gauge);
  const frame = () => {
    gauge.style.width = `${stage.frames % 2}px`;
    requestAnimationFrame(frame);
  };
  frame();
}

/** Resolves when the next frame is about to be painted: by then, all changes have to be on the page. */
export const painted = () => new Promise((resolve) => waiting.push(resolve));

/** A sequence of pseudo-random numbers below a limit, the same every time. */
export function sequence(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
