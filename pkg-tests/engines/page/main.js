/** An application whose every step is told by a test: `window.permgate` is the package, `window.watch` what was seen. */

import { probe } from "/e2e/probe.mjs";

probe();
const { record } = window.permgateProbe;

/**
 * What the tests ask about: `events` are what instance and page told, in order, and what was shown
 * then; `activities` what goes on; `back` what each of the first frames showed after the page came
 * back from where nothing runs.
 */
window.watch = { record, events: [], activities: [], uncaught: [], clicks: [], back: [] };

addEventListener("error", ({ message }) => window.watch.uncaught.push(message));
addEventListener("unhandledrejection", ({ reason }) => window.watch.uncaught.push(`${reason}`));
addEventListener("click", ({ target }) => window.watch.clicks.push(target.id));

/** The ids of the tagged elements that are displayed. */
window.shown = () =>
  [...document.querySelectorAll("[data-permission]")]
    .filter((element) => getComputedStyle(element).display !== "none")
    .map(({ id }) => id);

/** Writes down an event with the status and what is shown at that moment. */
window.noteEvent = (name, detail = null) => {
  const status = window.permissions?.status ?? null;
  window.watch.events.push({ name, detail, status, shown: window.shown(), at: performance.now() });
};

/** Makes the one instance of this page, and follows what it tells. */
window.begin = async (options) => {
  const { createPermissions } = window.permgate;
  window.permissions = await createPermissions(options);
  for (const name of ["change", "status", "error", "forbidden"]) {
    window.permissions.on(name, (told) => window.noteEvent(name, told?.code ?? told?.status ?? told));
  }
  window.permissions.on("activity", (told) => {
    window.watch.activities.push(told);
    // What the next frame shows is what people see of it.
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

/** Writes down what the next frames show; in a hidden page, which has none, the next turns. */
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
