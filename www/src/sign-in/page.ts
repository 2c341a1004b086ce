/** The page for visitors who are not signed in. */
import { element } from "../dom.ts";
import { icon, type IconName } from "../icons.ts";
import type { Mode } from "../permissions.ts";
import type { Session } from "../session.ts";
import { themeButton } from "../theme.ts";
import { createSignInForm } from "./form.ts";

const MODES: readonly [Mode, string, string][] = [
  ["token", "Token", "A short-lived token, kept in this page's memory. Each tab can be somebody else."],
  ["cookie", "Cookie", "A cookie that scripts cannot read. Survives a reload; all tabs are the same user."],
];

const PROMISES: readonly [IconName, string, string][] = [
  ["shield", "Never grants what it cannot vouch for", "Not loaded, expired, malformed: not shown."],
  ["refresh", "Notices changes without a reload", "Change a right in one tab, watch the other."],
  ["key", "One attribute per element", "Tag it with what it needs, and it follows."],
];

/** Builds the page. `last` is the mode that was chosen before. */
export function createSignInPage({ last, signedIn }: {
  last: Mode;
  signedIn: (session: Session) => unknown;
}): HTMLElement {
  let mode = last;
  const choices = MODES.map(([value, label, hint]) =>
    element("label", { class: "choice" },
      element("input", {
        type: "radio", name: "mode", value, checked: value === mode, "data-testid": `mode-${value}`,
        onchange: () => {
          mode = value;
        },
      }),
      element("span", {}, element("strong", {}, label), element("small", {}, hint)),
    ),
  );
  const form = createSignInForm({ prefix: "user", mode: () => mode, signedIn });
  return element("div", { class: "welcome", "data-testid": "sign-in" },
    element("section", { class: "welcome-brand" },
      element("p", { class: "brand" }, icon("gate"), "Meridian", element("small", {}, "permgate demo")),
      element("div", { class: "welcome-words" },
        element("h1", {}, "One company, five people, 54 pages."),
        element("p", {}, "Everybody opens the same application and sees their own. Sign in as somebody and look around."),
      ),
      element("ul", { class: "promises" }, ...PROMISES.map(([name, title, text]) =>
        element("li", {}, icon(name), element("div", {}, element("strong", {}, title), element("p", {}, text))),
      )),
    ),
    element("main", { class: "welcome-form" },
      element("div", { class: "welcome-corner" }, themeButton()),
      element("div", { class: "welcome-inner" },
        element("h2", {}, "Sign in"),
        form.root,
        element("fieldset", { class: "choices" }, element("legend", {}, "How the page shows who you are"), ...choices),
        element("p", { class: "hint" }, "Without signing in: ",
          element("a", { href: "/gallery.html", "data-testid": "to-gallery" }, "every attribute and mode, live"), "."),
      ),
    ),
  );
}
