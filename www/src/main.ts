/** Starts the demo: first the permissions, then the signed-in user, then the page. */

// Before anything else, so that it is in the page's first stylesheet: tagged elements stay hidden
// from the first frame until permgate has decided on them.
import "permgate/cloak.css";
import "@fontsource-variable/inter/wght.css";
import "./style/index.css";
import "./freshness/network.ts";

import { element } from "./dom.ts";
import { api } from "./api.ts";
import { showFailure } from "./attempt.ts";
import { createFreshness } from "./freshness/panel.ts";
import { onInstance, openMode, openPermissions, permissions, renewWith } from "./permissions.ts";
import { begin, endAtServer, rememberedMode, restoreSession, type Session, signOut } from "./session.ts";
import { createShell, type Shell } from "./shell/shell.ts";
import { createSignInDialog } from "./sign-in/dialog.ts";
import { createSignInPage } from "./sign-in/page.ts";
import { applyTheme } from "./theme.ts";
import { mountToasts } from "./toast.ts";

const app = document.getElementById("app") ?? document.body.appendChild(element("div", { id: "app" }));

let shell: Shell | undefined;
/** The user who signed in over the page, to whom the next set will belong. */
let again: Session | undefined;
/** Whether another tab has reported a sign-out. */
let isSignedOutElsewhere = false;
/** Whether a user is being signed in: meanwhile nothing else opens or closes the page. */
let isEntering = false;

const dialog = createSignInDialog({ leave });
const freshness = createFreshness(() => shell?.session);

// The credentials are refused. permgate asks once, and requests that met a 401 meanwhile, such as a form
// being saved, wait for the answer: if the user is the same, they are sent again.
renewWith(async () => {
  if (shell === undefined) return null;
  again = await dialog.ask(shell.session);
  return again === undefined ? null : (again.token ?? true);
});

onInstance((instance) => {
  instance.on("status", follow);
  instance.on("change", follow);
  instance.on("activity", ({ kind, what }) => {
    if (kind === "tab") isSignedOutElsewhere = what === "signed-out";
  });
});

/** Shows the page of the user whom permgate holds permissions of, perhaps signed in by another tab. */
function follow(): void {
  if (isEntering) return;
  const { status, subject } = permissions.snapshot();
  if (status === "unauthenticated") {
    // If permgate asks for new credentials, it does so in this turn of the event loop.
    setTimeout(withoutCredentials);
  } else if (subject !== null && subject !== shell?.session.subject) {
    // The typed texts belong to the user before; nothing of them is left to the next user.
    dialog.close();
    put(undefined);
    app.replaceChildren();
    const session = again;
    void (session?.subject === subject ? entering(() => enter(session)) : resume());
  } else if (subject !== null) {
    // The same user continues, perhaps after a sign-in in another tab.
    dialog.close();
    if (shell !== undefined && again !== undefined) shell.session = again;
    again = undefined;
    isSignedOutElsewhere = false;
  }
}

/** Nobody is signed in any more, and permgate does not ask for new credentials. */
async function withoutCredentials(): Promise<void> {
  if (shell === undefined || permissions.status !== "unauthenticated" || dialog.isOpen()) return;
  if (isSignedOutElsewhere) {
    // That tab has told the server; only this tab's token is still valid.
    const { session } = shell;
    welcome();
    if (session.token !== undefined) await endAtServer(session).catch(() => undefined);
    return;
  }
  // The page with its typed texts stays, for another sign-in.
  again = await dialog.ask(shell.session);
  const session = again;
  if (session !== undefined) await entering(() => begin(session));
}

function put(next: Shell | undefined): void {
  shell?.dispose();
  shell = next;
}

function welcome(): void {
  put(undefined);
  app.replaceChildren(createSignInPage({
    last: openMode ?? "token",
    signedIn: (session) => entering(async () => {
      await begin(session);
      await enter(session);
    }),
  }));
  document.title = "Sign in · Meridian";
}

async function enter(session: Session): Promise<void> {
  put(undefined);
  try {
    const catalogue = await api.catalogue();
    put(createShell(catalogue, session, freshness, leave));
    if (shell !== undefined) app.replaceChildren(shell.root);
  } catch (error) {
    showFailure(error);
    welcome();
  }
}

async function leave(): Promise<void> {
  // First the page stops showing the user, and permgate hides tagged elements: `signOut`
  // does so before it waits for anything.
  const left = shell;
  shell = undefined;
  const told = signOut(left?.session);
  dialog.close();
  left?.dispose();
  welcome();
  await told;
}

/** Opens the page for the user of permgate's credentials. */
function resume(): Promise<void> {
  return entering(async () => {
    const session = await restoreSession(openMode ?? "token").catch(() => undefined);
    await (session === undefined ? welcome() : enter(session));
  });
}

/** Runs something during which nothing else opens or closes the page; afterwards missed changes are handled. */
async function entering(act: () => Promise<void>): Promise<void> {
  isEntering = true;
  try {
    await act();
  } finally {
    isEntering = false;
    // Not on the sign-in page: after a failure, the users try again themselves.
    if (shell !== undefined) follow();
  }
}

applyTheme();
mountToasts();
const mode = rememberedMode();
isEntering = true;
await openPermissions(mode);
await (mode === "cookie" ? resume() : welcome());
isEntering = false;
