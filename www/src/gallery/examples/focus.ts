/** Takes `invoice:edit` away when the button is pressed, and shows where the focus is then. */
import { rights } from "../rights.ts";

export function start(): void {
  const panel = document.querySelector<HTMLElement>("#focus-panel")!;
  const where = document.querySelector("#focus-where")!;
  panel.addEventListener("focusin", ({ target }) => {
    where.textContent = target === panel ? "the panel" : "the button";
  });
  panel.addEventListener("focusout", () => {
    where.textContent = "something else";
  });
  panel.querySelector("button")!.addEventListener("click", () => rights.set(["invoice:edit"], false));
}
