/** Modal dialogs: one that is hidden or inert does not keep the rest of the page from being used. */

import { addEventListener, all, later, matches, property, stopImmediatePropagation } from "../page.js";

export * from "./unhidden.js";

// Both are missing in some test environments: then no dialog is modal.
const close = /** @type {(this: HTMLDialogElement) => void} */ (property("HTMLDialogElement", "close").value);
const showModal = /** @type {(this: HTMLDialogElement) => void} */ (property("HTMLDialogElement", "showModal").value);

/** @param {HTMLDialogElement} dialog */
function isModal(dialog) {
  try {
    return matches.call(dialog, ":modal");
  } catch {
    // A test environment without modal dialogs.
    return false;
  }
}

export class Dialogs {
  /** Modal dialogs, and those that wait: in the order in which they were shown. @type {Set<HTMLDialogElement>} */
  #known = new Set();
  /** Dialogs that were closed because they were refused, and are shown again when they are granted. @type {Set<HTMLDialogElement>} */
  #waiting = new Set();
  #isHidden;

  /** `isHidden` says whether a dialog, or an element around it, is hidden or inert. @param {(dialog: HTMLDialogElement) => boolean} isHidden */
  constructor(isHidden) {
    this.#isHidden = isHidden;
  }

  /** Looks for dialogs that were shown earlier. @param {Node} root */
  begin(root) {
    for (const dialog of /** @type {Iterable<HTMLDialogElement>} */ (all(root, "dialog[open]"))) if (isModal(dialog)) this.#known.add(dialog);
  }

  /** A dialog is going to be shown or closed, by a button or by a method that the page has kept. @param {HTMLDialogElement} dialog */
  commanded(dialog) {
    later(() => this.called(dialog), 0);
  }

  /** A dialog was shown or closed: one that is refused is closed again, and one that waits is forgotten. @param {HTMLDialogElement} dialog */
  called(dialog) {
    this.#waiting.delete(dialog);
    this.#known.delete(dialog);
    if (!isModal(dialog)) return;
    if (this.#isHidden(dialog)) close.call(dialog);
    else this.#known.add(dialog);
  }

  /** Elements were hidden or shown: closes and shows dialogs accordingly. Those above a dialog that is shown again are raised, too. */
  revise() {
    let isRaising = false;
    for (const dialog of this.#known) {
      const isHidden = this.#isHidden(dialog);
      if (!this.#waiting.has(dialog) && (isHidden || isRaising || !isModal(dialog))) this.#suspend(dialog, isHidden);
      if (!isHidden && this.#waiting.delete(dialog)) {
        isRaising = true;
        if (dialog.isConnected && !dialog.open) showModal.call(dialog);
      }
    }
  }

  /**
   * Closes a dialog, unless it was closed meanwhile; one that was taken out of the page is still open, but no longer modal.
   * The page gets no `close` event, and still regards the dialog as open. @param {HTMLDialogElement} dialog @param {boolean} isHidden
   */
  #suspend(dialog, isHidden) {
    if (!isModal(dialog) && !(isHidden && dialog.open)) return this.#known.delete(dialog);
    this.#waiting.add(dialog);
    addEventListener.call(dialog, "close", (event) => stopImmediatePropagation.call(event), { capture: true, once: true });
    close.call(dialog);
  }
}
