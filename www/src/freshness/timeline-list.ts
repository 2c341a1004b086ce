/** The time line as a list, the newest entry first. Screen readers announce new entries. */
import { element, fill, prose } from "../dom.ts";
import { CAPACITY, type Entry, forgetAll, onRecord, recorded } from "./timeline.ts";

/** Builds the list. */
export function createTimelineList(): HTMLElement {
  const list = element("ol", { class: "timeline", role: "log", "aria-live": "polite", "aria-label": "Time line", "data-testid": "timeline" });
  const clear = () => {
    forgetAll();
    fill(list);
  };
  fill(list, ...recorded().map(item));
  onRecord((entry) => {
    list.prepend(item(entry));
    while (list.childElementCount > CAPACITY) list.lastElementChild?.remove();
  });
  return element("section", { class: "timeline-part" },
    element("header", { class: "timeline-head" },
      element("h3", {}, "What this page noticed, and how"),
      element("button", { type: "button", class: "button small quiet", "data-testid": "timeline-clear", onclick: clear }, "Clear"),
    ),
    list,
  );
}

function item({ at, kind, text }: Entry): HTMLElement {
  const time = new Date(at);
  return element("li", { class: "moment", "data-kind": kind },
    element("time", { datetime: time.toISOString() }, clock(time)),
    element("span", {}, ...prose(text)),
  );
}

/** `13:05:09.042`. */
function clock(time: Date): string {
  return `${time.toLocaleTimeString("en-GB")}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
