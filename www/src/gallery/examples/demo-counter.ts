/** A custom element that works as a button and counts its presses. */
class DemoCounter extends HTMLElement {
  #presses = 0;

  connectedCallback(): void {
    this.#show();
    this.addEventListener("click", this.#press);
    this.addEventListener("keydown", ({ key }) => key === "Enter" && this.#press());
  }

  #press = (): void => {
    this.#presses += 1;
    this.#show();
  };

  #show(): void {
    this.textContent = `Pressed ${this.#presses} times`;
  }
}

export function start(): void {
  customElements.define("demo-counter", DemoCounter);
}
