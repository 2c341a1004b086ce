/** A card in lit with a slot, and an action inside of it in a shadow root of its own. */

import { LitElement, css, html } from "lit";

class Action extends LitElement {
  static properties = { requirement: {} };
  static styles = css`
    button {
      display: flex;
    }
  `;

  render() {
    return html`<button data-permission=${this.requirement}><slot></slot></button>`;
  }
}

class Card extends LitElement {
  static properties = { requirement: {}, isOpen: { attribute: false } };
  static styles = css`
    :host {
      display: block;
    }
    section {
      display: grid;
    }
  `;

  render() {
    return html`
      <section data-permission="invoice:view"><slot></slot></section>
      <lit-action requirement=${this.requirement}>Edit</lit-action>
      ${this.isOpen ? html`<slot name="more"></slot>` : ""}
    `;
  }
}

/** Defines the element: cards that are on the page already are upgraded. */
export function define() {
  customElements.define("lit-action", Action);
  customElements.define("lit-card", Card);
}
