/** The actions of every stack's application: signing in and out, and an action that needs a permission. */

const JSON_BODY = { "Content-Type": "application/json" };

/** Signs in with a cookie, and waits until the new permissions are loaded. A check can store another user's name. */
export async function signIn(permissions) {
  const username = sessionStorage.getItem("stacks.user") ?? "grace";
  const body = JSON.stringify({ username, password: `${username}-demo`, mode: "cookie" });
  await fetch("/api/session", { method: "POST", headers: JSON_BODY, body });
  await permissions.refresh();
}

/** Signs out: first this page, then the server. */
export async function signOut(permissions) {
  permissions.signOut();
  await fetch("/api/session", { method: "DELETE" });
}

/** Asks `can()` before the request, as an application does, and returns the outcome. */
export async function createInvoice(permissions) {
  if (!permissions.can("invoice:create")) return "refused";
  const body = JSON.stringify({ title: "One more" });
  const response = await permissions.fetch("/api/pages/invoice/records", { method: "POST", headers: JSON_BODY, body });
  return `status ${response.status}`;
}

/** Whether a page that needs `requirement` must be left: while it is merely unknown, the page stays. */
export function mustLeave(permissions, requirement) {
  return permissions.status === "unauthenticated" || permissions.check(requirement).outcome === "denied";
}

/**
 * The options of the instance, with the document that the page carries; `?push=off` disables the stream, for changes
 * that are not announced.
 */
export function options(bootstrap) {
  const isQuiet = new URLSearchParams(location.search).get("push") === "off";
  return { bootstrap, endpoint: "/api/me/permissions", push: isQuiet ? false : { events: "/api/me/permissions/events" } };
}
