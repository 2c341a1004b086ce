/** What a page shows, as a person sees it. */

import { until } from "../support/deadline.mjs";

/** The ids of the visible elements among those that have one, in the order of the page. */
export function shown(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("[id]:not(section)")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((element) => element.id),
  );
}

/** Waits for the outcome that the application tells, and gives it. */
export function outcome(page) {
  return until("the application's outcome", () => page.evaluate(() => document.documentElement.dataset.outcome));
}
