/** The sign-in over a page whose credentials ran out: the page stays, with all that was typed. */
import { element, write } from "../dom.ts";
import type { Mode } from "../permissions.ts";
import type { Session } from "../session.ts";
import { createSignInForm } from "./form.ts";
import { DEMO_USERS } from "./users.ts";

/** The dialog. */
export interface SignInDialog {
  open: (session: Session) => void;
  close: () => void;
}

/** Builds the dialog; it is in the page only while it is open. */
export function createSignInDialog(actions: {
  open: (mode: Mode) => Promise<boolean>;
  signedIn: (session: Session) => unknown;
  gaveUp: () => unknown;
}): SignInDialog {
  let session: Session | undefined;
  const form = createSignInForm({
    prefix: "again",
    // The page behind goes on in the mode it began in.
    mode: () => session?.mode ?? "token",
    open: actions.open,
    signedIn: (again) => {
      close();
      return actions.signedIn(again);
    },
  });
  const who = element("p", { id: "sign-in-again-text" });
  const dialog = element("dialog", {
    class: "dialog",
    "data-testid": "sign-in-dialog",
    "aria-labelledby": "sign-in-again",
    "aria-describedby": "sign-in-again-text",
    // Escape would leave a page that shows nothing and says nothing. Some browsers insist when it
    // is pressed twice; then the dialog comes back.
    closedby: "none",
    oncancel: (event: Event) => event.preventDefault(),
    onclose: () => dialog.isConnected && dialog.showModal(),
  },
    element("h2", { id: "sign-in-again" }, "Your session has ended"),
    who,
    form.root,
    element("button", { type: "button", class: "button quiet", "data-testid": "give-up", onclick: () => actions.gaveUp() }, "Leave instead"),
  );

  const close = () => {
    dialog.close();
    dialog.remove();
  };
  return {
    open: (ended) => {
      session = ended;
      if (dialog.open) return;
      const known = DEMO_USERS.find(({ name }) => name === ended.name);
      write(who, `Sign in again as ${ended.name} to go on. Nothing you typed is lost; as somebody else you start afresh.`);
      document.body.append(dialog);
      dialog.showModal();
      form.suggest(known?.username ?? "");
    },
    close,
  };
}
