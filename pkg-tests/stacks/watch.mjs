/** A script that each page runs before its own: it checks every frame for elements that must not be visible. */

/** The storage key that tells the page, across its loads, which gated elements must not be visible at the moment. */
export const FORBIDDEN = "stacks.forbidden";

/** The storage key of the page's findings, across its loads. */
export const SEEN = "stacks.seen";

/**
 * Runs in the page, without the rest of this module. In each frame, every gated element that is
 * visible is recorded in the session storage if it is tagged and not granted, or if its name is among
 * the forbidden ones; `"*"` forbids all, and so does a missing list. Gated
 * elements are tagged ones, and those marked `data-gated`, which a framework renders only when they are granted.
 */
export function watch({ forbiddenKey, seenKey }) {
  const byAllMeans = { visibilityProperty: true, opacityProperty: true, checkVisibilityCSS: true, checkOpacity: true };
  const note = (text) => {
    const seen = JSON.parse(sessionStorage.getItem(seenKey) ?? "[]");
    if (!seen.includes(text)) sessionStorage.setItem(seenKey, JSON.stringify([...seen, text]));
  };
  const gated = () => [...document.querySelectorAll("[data-permission], [data-gated]")];
  window.stacksWatch = {
    frames: 0,
    /** The names of all visible gated elements, in the order of the page. */
    visible: () =>
      gated()
        .filter((element) => element.checkVisibility(byAllMeans))
        .map((element) => element.dataset.testid),
  };
  const frame = () => {
    window.stacksWatch.frames += 1;
    const forbidden = JSON.parse(sessionStorage.getItem(forbiddenKey) ?? '["*"]');
    for (const element of gated()) {
      if (!element.checkVisibility(byAllMeans)) continue;
      const { testid, permission, permissionState } = element.dataset;
      const isForbidden = forbidden.includes("*") || forbidden.includes(testid);
      if (isForbidden || (permission !== undefined && permissionState !== "granted")) note(`${location.pathname}: ${testid} (${permissionState})`);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
