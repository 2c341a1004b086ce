/** Reads the elements and the outcome that a page shows. */

import { until } from "../support/deadline.mjs";

/** The ids of the visible elements among those that have one, in the order of the page. */
export function shown(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("[id]:not(section)")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((element) => element.id),
  );
}

/** Waits for the outcome of the application, and returns it. */
export function outcome(page) {
  return until("the application's outcome", () => page.evaluate(() => document.documentElement.dataset.outcome));
}
