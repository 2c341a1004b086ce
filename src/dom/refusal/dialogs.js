/** Modal dialogs: a hidden dialog does not keep the rest of the page from being used. */

import { addEventListener, all, matches, property, stopImmediatePropagation } from "../page.js";

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
  /** Dialogs that are, or are going to be, modal. @type {Set<HTMLDialogElement>} */
  #shown = new Set();
  /** Dialogs that were closed because they were hidden, and are shown again when they are granted. @type {Set<HTMLDialogElement>} */
  #waiting = new Set();
  #isHidden;

  /** `isHidden` says whether a dialog, or an element around it, is hidden. @param {(dialog: HTMLDialogElement) => boolean} isHidden */
  constructor(isHidden) {
    this.#isHidden = isHidden;
  }

  /** Looks for dialogs that were shown earlier. @param {Node} root */
  begin(root) {
    if (/** @type {unknown} */ (close)) for (const dialog of /** @type {Iterable<HTMLDialogElement>} */ (all(root, "dialog[open]"))) if (isModal(dialog)) this.#shown.add(dialog);
  }

  /** A button is going to show a dialog. @param {HTMLDialogElement} dialog */
  commanded(dialog) {
    this.#shown.add(dialog);
  }

  /** A script showed a dialog: a hidden dialog is closed again. @param {HTMLDialogElement} dialog */
  opened(dialog) {
    for (const other of this.#shown) if (!isModal(other)) this.#shown.delete(other);
    if (this.#isHidden(dialog)) close.call(dialog);
    else this.#shown.add(dialog);
  }

  /** Elements were hidden or shown: closes and shows dialogs accordingly. */
  revise() {
    for (const dialog of this.#shown) if (!isModal(dialog) || this.#isHidden(dialog)) this.#suspend(dialog);
    for (const dialog of this.#waiting) if (!this.#isHidden(dialog)) this.#resume(dialog);
  }

  /** Closes a dialog, unless it was closed meanwhile. The page gets no event, and still regards the dialog as open. @param {HTMLDialogElement} dialog */
  #suspend(dialog) {
    this.#shown.delete(dialog);
    if (!isModal(dialog)) return;
    this.#waiting.add(dialog);
    addEventListener.call(dialog, "close", (event) => stopImmediatePropagation.call(event), { capture: true, once: true });
    close.call(dialog);
  }

  /** @param {HTMLDialogElement} dialog */
  #resume(dialog) {
    this.#waiting.delete(dialog);
    if (!dialog.isConnected || dialog.open) return;
    this.#shown.add(dialog);
    showModal.call(dialog);
  }
}
