/** An element whose content is in a shadow root, which is attached when a button is pressed. */
import base from "../../style/base.css?inline";
import controls from "../../style/controls.css?inline";

class DemoInvoice extends HTMLElement {
  attach(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(base + controls);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const button = document.createElement("button");
    button.className = "button";
    button.textContent = "Edit Acme 42";
    button.setAttribute("data-permission", "invoice:edit");
    root.append(button);
  }
}

export function start(): void {
  customElements.define("demo-invoice", DemoInvoice);
  const host = document.querySelector<DemoInvoice>("#shadow-host")!;
  const attach = document.querySelector<HTMLButtonElement>("#shadow-attach")!;
  attach.addEventListener("click", () => {
    host.attach();
    attach.disabled = true;
  });
}
