/** The sign-in over a page whose credentials ran out: the page stays, with all that was typed. */
import { element, write } from "../dom.ts";
import type { Session } from "../session.ts";
import { createSignInForm } from "./form.ts";
import { DEMO_USERS } from "./users.ts";

/** The dialog. */
export interface SignInDialog {
  /** Asks to sign in again; resolves with nothing when the dialog is closed otherwise. */
  ask: (ended: Session) => Promise<Session | undefined>;
  isOpen: () => boolean;
  close: () => void;
}

/** Builds the dialog; it is in the page only while it is open. */
export function createSignInDialog(actions: { leave: () => unknown }): SignInDialog {
  let ended: Session | undefined;
  let answer: ((session?: Session) => void) | undefined;
  const form = createSignInForm({
    prefix: "again",
    // The page behind the dialog keeps its mode.
    mode: () => ended?.mode ?? "token",
    signedIn: (again) => close(again),
  });
  const who = element("p", { id: "sign-in-again-text" });
  const dialog = element("dialog", {
    class: "dialog",
    "data-testid": "sign-in-dialog",
    "aria-labelledby": "sign-in-again",
    "aria-describedby": "sign-in-again-text",
    // Escape would leave an empty page without an explanation. Some browsers close a dialog when Escape is
    // pressed twice; then the dialog is shown again.
    closedby: "none",
    oncancel: (event: Event) => event.preventDefault(),
    onclose: () => dialog.isConnected && dialog.showModal(),
  },
    element("h2", { id: "sign-in-again" }, "Your session has ended"),
    who,
    form.root,
    element("button", { type: "button", class: "button quiet", "data-testid": "give-up", onclick: () => actions.leave() }, "Leave instead"),
  );

  const close = (again?: Session) => {
    dialog.close();
    dialog.remove();
    answer?.(again);
    answer = undefined;
  };
  return {
    ask: (session) => {
      close();
      ended = session;
      const known = DEMO_USERS.find(({ name }) => name === session.name);
      write(who, `Sign in again as ${session.name} to go on. Nothing you typed is lost; as somebody else you start afresh.`);
      document.body.append(dialog);
      dialog.showModal();
      form.suggest(known?.username ?? "");
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    isOpen: () => dialog.open,
    close: () => close(),
  };
}
