/** Creates the application's one instance of permgate and binds it to the document. */
import { createPermissions, type Permissions, type PermissionsOptions } from "permgate";

/** The credentials of the page: a token that it holds in memory, or a cookie that it never sees. */
export type Mode = "token" | "cookie";

/**
 * The one instance: a live binding, set before anything else runs and replaced only while the
 * sign-in page is shown, when the user chooses the other mode.
 */
export let permissions: Permissions;

/** The mode of the instance. */
export let openMode: Mode | undefined;

type Listener = (instance: Permissions) => void;
type Renew = NonNullable<PermissionsOptions["onUnauthenticated"]>;

const listeners: Listener[] = [];
let renew: Renew = () => null;

/** Calls back with every instance, before anything of it is shown. */
export function onInstance(listener: Listener): void {
  listeners.push(listener);
}

/** The function that gets new credentials when the present ones are refused. */
export function renewWith(ask: Renew): void {
  renew = ask;
}

/** Creates the instance for a mode unless it exists; returns whether it is new. */
export async function openPermissions(mode: Mode): Promise<boolean> {
  if (openMode === mode) return false;
  // Undoes the binding; `cloak.css` hides tagged elements until the next instance decides.
  if (openMode !== undefined) permissions.dispose();
  permissions = await createPermissions({
    endpoint: "/api/me/permissions",
    credentials: "same-origin",
    push: ways(),
    tabs: query("tabs") !== "off",
    onUnauthenticated: () => renew(),
    ...durations(),
    // Without this option permgate asks the endpoint at once, and the cookie names the user.
    // With it, nothing is requested until `setToken` is called with a token.
    ...(mode === "token" ? { token: () => null } : {}),
  });
  openMode = mode;
  for (const tell of listeners) tell(permissions);
  // From now on every element with `data-permission`, present or future, follows the decisions.
  permissions.bind();
  // For the tests and for your console: `permgateDemo.permissions.check("invoice:edit")`.
  window.permgateDemo = { permissions };
  return true;
}

/**
 * A setting of the demo: `?push=off` turns push off, `?push=events`, `socket` or `poll` uses one transport
 * alone; `?tabs=off` ignores other tabs. An application would name all transports that its server has.
 */
function ways(): NonNullable<PermissionsOptions["push"]> {
  const all = {
    events: "/api/me/permissions/events",
    socket: "/api/me/permissions/socket",
    poll: true,
  };
  const wanted = query("push");
  if (wanted === "off") return false;
  const only = Object.entries(all).filter(([way]) => way === wanted);
  return only.length === 0 ? all : Object.fromEntries(only);
}

/**
 * A setting of the demo: `?ttl=2000` makes the set stale after two seconds and `?stale=1000` lets it expire a
 * second later, so that you can watch. An application would leave both at their defaults.
 */
function durations(): { ttlMs?: number; staleMs?: number } {
  const read = (name: string): number | undefined => {
    const text = query(name);
    return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const [ttlMs, staleMs] = [read("ttl"), read("stale")];
  return { ...(ttlMs === undefined ? {} : { ttlMs }), ...(staleMs === undefined ? {} : { staleMs }) };
}

function query(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

declare global {
  interface Window {
    /** For tests and tools. */
    permgateDemo: { readonly permissions: Permissions };
  }
}
