/** Starts the demo: permissions first, then whoever is signed in, then the page. */

// Before anything else, so that it is in the page's first stylesheet: tagged elements stay hidden
// from the first frame until permgate has decided on them.
import "permgate/cloak.css";
import "@fontsource-variable/inter/wght.css";
import "./style/index.css";

import { element } from "./dom.ts";
import { api } from "./api.ts";
import { showFailure } from "./attempt.ts";
import { type Mode, openMode, openPermissions, permissions } from "./permissions.ts";
import { rememberedMode, restoreSession, type Session, signOut } from "./session.ts";
import { createShell, type Shell } from "./shell/shell.ts";
import { createSignInDialog } from "./sign-in/dialog.ts";
import { createSignInPage } from "./sign-in/page.ts";
import { applyTheme } from "./theme.ts";
import { mountToasts } from "./toast.ts";

const app = document.getElementById("app") ?? document.body.appendChild(element("div", { id: "app" }));

let shell: Shell | undefined;
const dialog = createSignInDialog({
  open,
  // The same user goes on where they were, nothing typed is lost; another one starts afresh.
  signedIn: (session) => (session.subject === shell?.session.subject ? shell.resume() : enter(session)),
  gaveUp: leave,
});

/** Makes sure that permgate runs in this mode, and that we hear from it; says whether it is new. */
async function open(mode: Mode): Promise<boolean> {
  const isNew = await openPermissions(mode);
  if (!isNew) return false;
  permissions.on("status", () => {
    // A token or cookie that is no longer good: ask for a new one over the page, and keep the page.
    if (permissions.status === "unauthenticated" && shell !== undefined) dialog.open(shell.session);
  });
  permissions.on("change", () => {
    // With a cookie, another tab may have signed in as somebody else.
    const { subject } = permissions.snapshot();
    if (shell?.session.mode !== "cookie" || subject === null || subject === shell.session.subject) return;
    shell.dispose();
    shell = undefined;
    void resumeByCookie();
  });
  return true;
}

function welcome(): void {
  app.replaceChildren(createSignInPage({ last: openMode ?? "token", open, signedIn: enter }));
  document.title = "Sign in · Meridian";
}

async function enter(session: Session): Promise<void> {
  shell?.dispose();
  shell = undefined;
  try {
    const catalogue = await api.catalogue();
    shell = createShell(catalogue, session, leave);
    app.replaceChildren(shell.root);
  } catch (error) {
    showFailure(error);
    welcome();
  }
}

async function leave(): Promise<void> {
  // First of all the page stops to show it as ours, and permgate hides what is tagged: `signOut`
  // does so before it waits for anything.
  const left = shell;
  shell = undefined;
  const told = signOut();
  dialog.close();
  left?.dispose();
  welcome();
  await told;
}

async function resumeByCookie(): Promise<void> {
  const session = await restoreSession().catch(() => undefined);
  await (session === undefined ? welcome() : enter(session));
}

applyTheme();
mountToasts();
const mode = rememberedMode();
await open(mode);
await (mode === "cookie" ? resumeByCookie() : welcome());
