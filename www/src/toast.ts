/** Short messages in a corner: changes that were made, and refusals with their reasons. */
import { element, prose } from "./dom.ts";
import { icon, type IconName } from "./icons.ts";

type Kind = "done" | "refused" | "failed";

const ICONS: Record<Kind, IconName> = { done: "check", refused: "lock", failed: "alert" };
const SHOWN_MS: Record<Kind, number> = { done: 4_000, refused: 10_000, failed: 10_000 };
const MOST = 3;

// Present from the start: screen readers only announce messages in a region that they know.
const region = element("div", { class: "toasts", role: "log", "aria-live": "polite", "aria-label": "Messages" });

/** Puts the region for messages into the page. */
export function mountToasts(): void {
  document.body.append(region);
}

/** Shows a message. */
export function toast(kind: Kind, title: string, text?: string, small?: string): void {
  const shown = element("div", { class: "toast", "data-testid": "toast", "data-kind": kind },
    icon(ICONS[kind]),
    element("div", { class: "toast-text" },
      element("strong", {}, title),
      text !== undefined && element("p", {}, ...prose(sentence(text))),
      small !== undefined && element("code", { class: "toast-needs" }, small),
    ),
    element("button", { type: "button", class: "icon-button", "aria-label": "Close message", onclick: () => shown.remove() }, icon("cross")),
  );
  // The same message again replaces the first: ten refusals are still one piece of news.
  for (const other of [...region.children]) {
    if (other.textContent === shown.textContent) other.remove();
  }
  region.append(shown);
  while (region.children.length > MOST) region.firstElementChild?.remove();
  setTimeout(() => shown.remove(), SHOWN_MS[kind]);
}

/** The API writes its messages without capitals and full stops, to be put into sentences. */
function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
