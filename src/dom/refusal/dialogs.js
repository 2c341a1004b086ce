/** Modal dialogs: one that is hidden does not keep the rest of the page from being used. */

import { addEventListener, all, matches, property, stopImmediatePropagation } from "../page.js";

export * from "./unhidden.js";

const close = property("HTMLDialogElement", "close").value;
const showModal = property("HTMLDialogElement", "showModal").value;

function isModal(dialog) {
  try {
    return matches.call(dialog, ":modal");
  } catch {
    // A test environment that does not know of modal dialogs.
    return false;
  }
}

export class Dialogs {
  /** Dialogs that are, or are going to be, modal. */
  #shown = new Set();
  /** Dialogs that were closed as they were hidden, and are shown again when they are granted. */
  #waiting = new Set();
  #isHidden;

  /** `isHidden` says whether an element, or what it is in, is hidden. */
  constructor(isHidden) {
    this.#isHidden = isHidden;
  }

  /** Looks for dialogs that are shown already. */
  begin(root) {
    if (close) for (const dialog of all(root, "dialog[open]")) if (isModal(dialog)) this.#shown.add(dialog);
  }

  /** A button is going to show a dialog. */
  commanded(dialog) {
    this.#shown.add(dialog);
  }

  /** A program showed a dialog: one that is hidden is closed again. */
  opened(dialog) {
    for (const other of this.#shown) if (!isModal(other)) this.#shown.delete(other);
    if (this.#isHidden(dialog)) close.call(dialog);
    else this.#shown.add(dialog);
  }

  /** Elements are hidden or shown from here on. */
  revise() {
    for (const dialog of this.#shown) if (!isModal(dialog) || this.#isHidden(dialog)) this.#suspend(dialog);
    for (const dialog of this.#waiting) if (!this.#isHidden(dialog)) this.#resume(dialog);
  }

  /** Closes a dialog, unless it was closed meanwhile. The page is not told: to the page, it is shown. */
  #suspend(dialog) {
    this.#shown.delete(dialog);
    if (!isModal(dialog)) return;
    this.#waiting.add(dialog);
    addEventListener.call(dialog, "close", (event) => stopImmediatePropagation.call(event), { capture: true, once: true });
    close.call(dialog);
  }

  #resume(dialog) {
    this.#waiting.delete(dialog);
    if (!dialog.isConnected || dialog.open) return;
    this.#shown.add(dialog);
    showModal.call(dialog);
  }
}
