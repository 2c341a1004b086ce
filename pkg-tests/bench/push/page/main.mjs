/** A tab with one element for each name, run by permgate or by hand, that reports when an element was hidden. */

import { createPermissions } from "/permgate/index.js";
import { keepByHand } from "./by-hand.mjs";

export const ENDPOINT = "/api/me/permissions";

const STATE = "data-permission-state";

const now = () => performance.timeOrigin + performance.now();

/** The waiting functions by element, called when its state was written. */
const waiting = new Set();

/** Signs in for all tabs of this profile. */
export async function signIn(username, password) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ username, password, mode: "cookie" });
  const response = await fetch("/api/session", { method: "POST", headers, body });
  if (!response.ok) throw new Error(`the sign-in was answered with ${response.status}`);
}

/** Inserts the elements, and starts permgate or the peer on them. */
export async function begin(keeper, names) {
  const elements = names.map((name) => {
    const element = document.createElement("button");
    element.textContent = name;
    element.setAttribute("data-permission", name);
    return element;
  });
  document.body.append(...elements);
  // Called in the microtask after the attribute was written.
  new MutationObserver(() => {
    const at = now();
    for (const look of waiting) look(at);
  }).observe(document.body, { subtree: true, attributeFilter: [STATE] });
  await { permgate: keepByPermgate, hand: keepByHand }[keeper](elements, ENDPOINT);
}

async function keepByPermgate() {
  const permissions = await createPermissions({ endpoint: ENDPOINT, push: { events: `${ENDPOINT}/events` } });
  permissions.bind();
  await permissions.whenReady();
}

/** The time at which the element of a name was hidden, and the end of the first frame without it. */
export async function whenHidden(name) {
  const hidden = await whenState(name, (state) => state !== "granted");
  return { hidden, painted: await painted() };
}

/** Waits until all elements, or the element of one name, are in a state. */
export function whenAll(wanted, name) {
  return whenState(name, (state) => state === wanted);
}

function whenState(name, isIt) {
  const selector = name === undefined ? "[data-permission]" : `[data-permission="${name}"]`;
  const elements = [...document.querySelectorAll(selector)];
  const are = () => elements.every((element) => isIt(element.getAttribute(STATE)));
  return new Promise((resolve) => {
    const look = (at) => {
      if (!are()) return;
      waiting.delete(look);
      resolve(at);
    };
    waiting.add(look);
    look(now());
  });
}

/** The end of the next frame: a message that is posted during the frame arrives after it. */
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(now());
      port2.postMessage(null);
    });
  });
}
