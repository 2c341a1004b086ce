/** Creates the application's one instance of permgate and binds it to the document. */
import { createPermissions, type Permissions } from "permgate";

/** How the page shows who it is: a token it holds in memory, or a cookie it never sees. */
export type Mode = "token" | "cookie";

/**
 * The one instance: a live binding, set before anything else runs and replaced only while the
 * sign-in page is shown, when the user chooses the other mode.
 */
export let permissions: Permissions;

/** The mode it runs in. */
export let openMode: Mode | undefined;

/**
 * Creates the instance for a mode, unless it is there already; says whether it is a new one, on
 * which nobody listens yet.
 */
export async function openPermissions(mode: Mode): Promise<boolean> {
  if (openMode === mode) return false;
  // Undoes the binding; `cloak.css` keeps hidden what is tagged until the next instance decides.
  if (openMode !== undefined) permissions.dispose();
  permissions = await createPermissions({
    endpoint: "/api/me/permissions",
    credentials: "same-origin",
    ...durations(),
    // Without this option permgate asks the endpoint at once and lets the cookie tell who we are.
    // With it, nothing is asked until `setToken` has brought a token.
    ...(mode === "token" ? { token: () => null } : {}),
  });
  openMode = mode;
  // From now on every element with `data-permission`, present or future, follows the decisions.
  permissions.bind();
  // For the tests and for your console: `permgateDemo.permissions.check("invoice:edit")`.
  window.permgateDemo = { permissions };
  return true;
}

/**
 * A knob of the demo: `?ttl=2000` makes the set old after two seconds and `?stale=1000` forgets it
 * a second later, so that you can watch. An application would leave both at their defaults.
 */
function durations(): { ttlMs?: number; staleMs?: number } {
  const query = new URLSearchParams(location.search);
  const read = (name: string): number | undefined => {
    const text = query.get(name);
    return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const [ttlMs, staleMs] = [read("ttl"), read("stale")];
  return { ...(ttlMs === undefined ? {} : { ttlMs }), ...(staleMs === undefined ? {} : { staleMs }) };
}

declare global {
  interface Window {
    /** What tests and tools may use. */
    permgateDemo: { readonly permissions: Permissions };
  }
}
