/** What each page runs before anything of its own: it looks at every frame for what may not be seen. */

/** Where the page is told, across its loads, which gated elements may not be seen at the moment. */
export const FORBIDDEN = "stacks.forbidden";

/** Where the page keeps what it saw, across its loads. */
export const SEEN = "stacks.seen";

/**
 * Runs in the page, alone: nothing of this module is there. In each frame, every gated element that is
 * visible is kept in the session's storage if it is tagged and not granted, or if its name is among
 * those that the server forbids; `"*"` forbids all, and so does a page that was told nothing yet. Gated
 * are tagged elements, and those marked `data-gated`, which a framework renders only when they are granted.
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
    /** The names of all gated elements that can be seen, in the order of the page. */
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
