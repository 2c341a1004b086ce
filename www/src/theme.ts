/** Light or dark: as the system has it, until the user says otherwise. */
import { element, fill } from "./dom.ts";
import { icon } from "./icons.ts";

const KEY = "permgate-demo.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

type Theme = "light" | "dark";

/** Applies the theme that the user chose last time. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}

/** A button that switches. */
export function themeButton(): HTMLButtonElement {
  const button = element("button", {
    type: "button",
    class: "icon-button",
    "data-testid": "theme",
    onclick: () => {
      const next: Theme = current() === "dark" ? "light" : "dark";
      document.documentElement.dataset["theme"] = next;
      localStorage.setItem(KEY, next);
      show();
    },
  });
  const show = () => {
    const other: Theme = current() === "dark" ? "light" : "dark";
    button.setAttribute("aria-label", `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    fill(button, icon(other === "dark" ? "moon" : "sun"));
  };
  prefersDark.addEventListener("change", show);
  show();
  return button;
}

function current(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return prefersDark.matches ? "dark" : "light";
}
