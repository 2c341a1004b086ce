/** An application that a test controls step by step: `window.permgate` is the package, `window.watch` the record. */

import { probe } from "/e2e/probe.mjs";

probe();
const { record } = window.permgateProbe;

/**
 * The record of the page: `events` of the instance and of the page, in order, with the elements that were shown
 * then; the `activities` of the instance; and in `back` the elements that each of the first frames showed after the
 * page came back from the back/forward cache or from being frozen.
 */
window.watch = { record, events: [], activities: [], uncaught: [], clicks: [], back: [] };

addEventListener("error", ({ message }) => window.watch.uncaught.push(message));
addEventListener("unhandledrejection", ({ reason }) => window.watch.uncaught.push(`${reason}`));
addEventListener("click", ({ target }) => window.watch.clicks.push(target.id));

/** The ids of the displayed tagged elements. */
window.shown = () =>
  [...document.querySelectorAll("[data-permission]")]
    .filter((element) => getComputedStyle(element).display !== "none")
    .map(({ id }) => id);

/** Records an event with the status and the elements that are shown at that moment. */
window.noteEvent = (name, detail = null) => {
  const status = window.permissions?.status ?? null;
  window.watch.events.push({ name, detail, status, shown: window.shown(), at: performance.now() });
};

const { now } = Date;

/** The right time, whatever the page's clock shows. */
window.rightTime = () => now.call(Date);

/** Sets the page's clock wrong. A script of a test would set its own: in Firefox, it has a `Date` of its own. */
window.setClockWrong = (wrongMs) => (Date.now = () => window.rightTime() + wrongMs);

/** How wrong the page's clock is. */
window.wrongMs = () => Date.now() - window.rightTime();

/** Creates the one instance of this page, and records its events. */
window.begin = async (options) => {
  const { createPermissions } = window.permgate;
  window.permissions = await createPermissions(options);
  for (const name of ["change", "status", "error", "forbidden"]) {
    window.permissions.on(name, (told) => window.noteEvent(name, told?.code ?? told?.status ?? told));
  }
  window.permissions.on("activity", (told) => {
    window.watch.activities.push(told);
    // The next frame is the first that a user sees.
    requestAnimationFrame(() => window.watch.activities.push({ kind: "frame", what: told.what, shown: window.shown() }));
  });
  window.binding = window.permissions.bind();
};

for (const name of ["pageshow", "pagehide", "visibilitychange", "freeze", "resume", "online", "offline"]) {
  const target = ["visibilitychange", "freeze", "resume"].includes(name) ? document : window;
  target.addEventListener(name, (event) => window.noteEvent(name, event.persisted ?? document.visibilityState));
}

const FRAMES = 20;
let returns = 0;

/** Records the elements that the next frames show; a hidden page has no frames, so the next turns of its event loop count. */
function cameBack() {
  const [number, frames] = [(returns += 1), []];
  window.watch.back = frames;
  const next = document.hidden ? (look) => setTimeout(look) : requestAnimationFrame;
  const look = () => {
    if (number !== returns) return;
    frames.push(window.shown());
    if (frames.length < FRAMES) next(look);
  };
  next(look);
}
document.addEventListener("resume", cameBack);
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) cameBack();
});

window.permgate = await import("/permgate/index.js");
document.documentElement.dataset.ready = "";
