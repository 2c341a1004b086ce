/** A round sign with the initials of a person. */
import { element } from "./dom.ts";

/** The sign of a person; their name stands beside it, so screen readers skip it. */
export function avatar(name: string): HTMLSpanElement {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = words.map((word) => word.charAt(0)).slice(0, 2).join("");
  // One of six hues, the same each time for a name.
  const hue = [...name].reduce((sum, letter) => (sum * 17 + (letter.codePointAt(0) ?? 0)) % 1_009, 0) % 6;
  return element("span", { class: "avatar", "data-hue": hue, "aria-hidden": "true" }, initials.toUpperCase());
}
