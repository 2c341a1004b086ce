/** The real server behind the page: users sign in by cookie, and an administrator changes what they may do. */

import { setGrant, signInAside } from "../e2e/demo.mjs";
import { ENDPOINT, EVENTS, openPage, run, startReal } from "./stage.mjs";

export const OPTIONS = { endpoint: ENDPOINT, push: { events: EVENTS } };

/** What is displayed of the page when grace may do what she may at first, and when she may no longer edit. */
export const GRACE = ["view", "edit", "delete", "both"];
export const GRACE_VIEWS = ["view", "delete", "not"];

/** A server, and an administrator who is signed in beside. `forbid()` and `allow()` are about grace. */
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

/** Opens the page and signs in by a token, which is given. */
export const signInByToken = (driver, stage, username) => signInBy(driver, stage, "token", username);

async function signInBy(driver, { origin }, mode, username = "grace") {
  await openPage(driver, origin);
  // Cookies know no ports: those of earlier servers would be sent, too.
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
