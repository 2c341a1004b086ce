/** The page for unknown addresses. */
import { element } from "../dom.ts";
import { icon } from "../icons.ts";
import { link } from "../router.ts";
import type { View } from "./view.ts";

/** Builds the page. */
export function createNowhere(): View {
  return {
    title: "Not found",
    root: element("section", { class: "notice", "data-testid": "not-found" },
      icon("search"),
      element("h1", {}, "There is no such page"),
      element("p", {}, "The address may be old, or mistyped."),
      link("/", { class: "button" }, "Go to the overview"),
    ),
  };
}
