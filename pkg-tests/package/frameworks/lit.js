/** The desk in lit, in a shadow root with styles of its own: `mount` renders it below a node. */

import { LitElement, css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

class Desk extends LitElement {
  static properties = { given: { attribute: false } };
  static styles = css`
    button,
    aside {
      display: inline-block;
    }
  `;

  render() {
    const { rows, panel, panelMode, isBusy, isLocked, title, reason } = this.given;
    return html`
      <section>
        <table>
          <tbody>
            ${repeat(rows, ({ id }) => id, ({ id, requirement, resource }) => html`
              <tr data-row=${id} data-permission-resource=${resource ?? nothing}>
                <td>${id}</td>
                <td>
                  <button class="edit" data-permission=${requirement}>Edit</button>
                  <button class="delete" data-permission="invoice:delete" data-permission-mode="disable">Delete</button>
                </td>
              </tr>
            `)}
          </tbody>
        </table>
        ${panel === null ? nothing : html`<aside class="panel" data-permission=${panel} data-permission-mode=${panelMode ?? nothing}>Panel</aside>`}
        <button class="save" data-permission="invoice:pay" data-permission-mode="disable" data-permission-reason=${reason ?? nothing} ?disabled=${isBusy} title=${title ?? nothing}>
          ${isBusy ? "Saving" : "Save"}
        </button>
        <a class="link" href="#link" data-permission="invoice:pay" data-permission-mode="disable" aria-disabled=${isBusy ? "true" : nothing}>Link</a>
        <input class="note" data-permission="invoice:note" data-permission-mode="readonly" ?readonly=${isLocked} />
      </section>
    `;
  }
}

/** Defines the element: a desk that is on the page already is upgraded. */
export const define = () => customElements.get("lit-desk") ?? customElements.define("lit-desk", Desk);

export async function mount(target, properties) {
  define();
  const desk = document.createElement("lit-desk");
  desk.given = properties;
  target.append(desk);
  await desk.updateComplete;
  return {
    root: desk.shadowRoot,
    set(properties) {
      desk.given = properties;
      return desk.updateComplete;
    },
    unmount: () => desk.remove(),
  };
}
