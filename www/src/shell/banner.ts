/** Says why the page is empty, when nothing can be shown for lack of a permission set. */
import { element, write } from "../dom.ts";
import { icon } from "../icons.ts";
import { noticeClue } from "../changes.ts";
import { permissions } from "../permissions.ts";
import type { Scope } from "../scope.ts";

const WORDS: Partial<Record<string, string>> = {
  expired: "Your permissions could not be renewed in time, so nothing is shown that needs one. Everything you typed is kept.",
  failed: "Your permissions could not be loaded, so nothing is shown that needs one. We keep trying.",
};

/** Builds the banner. It depends on the status alone and carries no permission of its own. */
export function createBanner(scope: Scope): HTMLElement {
  const words = element("p");
  const banner = element("div", { class: "banner", role: "alert", hidden: true, "data-testid": "banner" },
    icon("alert"),
    words,
    element("button", {
      type: "button",
      class: "button",
      onclick: () => {
        noticeClue("tried again");
        void permissions.refresh();
      },
    }, "Try again"),
  );
  const show = () => {
    const text = WORDS[permissions.status];
    banner.hidden = text === undefined;
    if (text !== undefined) write(words, text);
  };
  scope.add(permissions.subscribe(show));
  show();
  return banner;
}
