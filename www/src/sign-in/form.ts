/** The sign-in form: one-click cards and fields; used as a page and in the dialog over a page. */
import { ProblemError } from "../api.ts";
import { avatar } from "../avatar.ts";
import { element, write } from "../dom.ts";
import type { Mode } from "../permissions.ts";
import { authenticate, type Credentials, type Session } from "../session.ts";
import { DEMO_USERS, demoPassword } from "./users.ts";

/** How a form of this kind behaves. */
export interface SignInOptions {
  /** The mode to sign in with. */
  mode: () => Mode;
  /** Called with the session; the form waits for the result. */
  signedIn: (session: Session) => unknown;
  /** The beginning of the fields' ids, since a page and a dialog may be open together. */
  prefix: string;
}

/** A form with its cards. */
export interface SignInForm {
  root: HTMLElement;
  /** Puts a user name into the form and the focus into the password. */
  suggest: (username: string) => void;
}

/** Builds the form. */
export function createSignInForm({ mode, signedIn, prefix }: SignInOptions): SignInForm {
  const trouble = element("p", { class: "trouble", role: "alert", "data-testid": `${prefix}-error` });

  const enter = async (credentials: Credentials) => {
    root.inert = true;
    write(trouble, "");
    try {
      await signedIn(await authenticate(mode(), credentials));
      form.reset();
    } catch (error) {
      write(trouble, explain(error));
    } finally {
      root.inert = false;
    }
  };

  const cards = DEMO_USERS.map(({ username, name, does }) =>
    element("li", {},
      element("button", {
        type: "button",
        class: "user-card",
        "data-testid": `${prefix}-${username}`,
        onclick: () => enter({ username, password: demoPassword(username) }),
      },
        avatar(name),
        element("span", { class: "user-card-text" }, element("strong", {}, name), element("small", {}, does)),
      ),
    ),
  );

  const username = element("input", {
    id: `${prefix}-username`, name: "username", class: "input", required: true, autocomplete: "username",
    autocapitalize: "none", spellcheck: "false", "data-testid": `${prefix}-username`,
  });
  const password = element("input", {
    id: `${prefix}-password`, name: "password", type: "password", class: "input", required: true,
    autocomplete: "current-password", "data-testid": `${prefix}-password`,
  });
  const form = element("form", {
    class: "sign-in-fields",
    onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      void enter({ username: username.value, password: password.value });
    },
  },
    element("div", { class: "field" }, element("label", { for: username.id }, "User name"), username),
    element("div", { class: "field" }, element("label", { for: password.id }, "Password"), password),
    element("button", { class: "button primary", "data-testid": `${prefix}-submit` }, "Sign in"),
  );

  const root = element("div", { class: "sign-in-form" },
    element("ul", { class: "user-cards", "aria-label": "Sign in with one click" }, ...cards),
    element("p", { class: "divider" }, element("span", {}, "or with a password")),
    form,
    trouble,
  );
  return {
    root,
    suggest: (name) => {
      username.value = name;
      password.focus();
    },
  };
}

function explain(error: unknown): string {
  if (error instanceof ProblemError && error.status === 401) return "The user name or the password is wrong. Try again.";
  if (error instanceof ProblemError) return error.problem.detail;
  return "The server cannot be reached. Try again in a moment.";
}
