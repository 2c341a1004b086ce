/** The real server behind the page: users sign in, and an administrator changes their permissions. */

import { setGrant, signInAside } from "../e2e/demo.mjs";
import { ENDPOINT, EVENTS, openPage, run, startReal } from "./stage.mjs";

export const OPTIONS = { endpoint: ENDPOINT, push: { events: EVENTS } };

/** The displayed elements with grace's first permissions, and without the permission to edit. */
export const GRACE = ["view", "edit", "delete", "both"];
export const GRACE_VIEWS = ["view", "delete", "not"];

/** A server with an administrator who is signed in. `forbid()` and `allow()` revoke and grant grace's permission to edit. */
export async function stageReal(t, switches) {
  const stage = await startReal(t, switches);
  const administrator = await signInAside(stage.server, "ada");
  return {
    ...stage,
    administrator,
    forbid: (permission = "invoice:edit") => setGrant(administrator, "grace", permission, "deny"),
    allow: (permission = "invoice:edit") => setGrant(administrator, "grace", permission, null),
  };
}

/** Opens the page and signs in by a cookie, for all windows of the browser. */
export const signIn = (driver, stage, username) => signInBy(driver, stage, "cookie", username);

/** Opens the page, signs in by a token, and returns it. */
export const signInByToken = (driver, stage, username) => signInBy(driver, stage, "token", username);

async function signInBy(driver, { origin }, mode, username = "grace") {
  await openPage(driver, origin);
  // Cookies are not separated by ports: those of earlier servers would be sent, too.
  await driver.manage().deleteAllCookies();
  return run(
    driver,
    async (username, mode) => {
      const body = JSON.stringify({ username, password: `${username}-demo`, mode });
      const headers = { "content-type": "application/json" };
      const response = await fetch("/api/session", { method: "POST", headers, body });
      if (!response.ok) throw new Error(`the sign-in was answered with ${response.status}`);
      return (await response.json()).token ?? null;
    },
    username,
    mode,
  );
}
