/** The signed-in user, and signing in and out. The token is kept in memory and nowhere else. */
import { readAnswer } from "./api.ts";
import { noticeClue } from "./changes.ts";
import { type Mode, openPermissions, permissions } from "./permissions.ts";

/** Somebody who is signed in. */
export interface Session {
  subject: string;
  name: string;
  mode: Mode;
  /** The token that the page sends to the server; a cookie is sent by the browser. */
  token?: string;
}

/** The user name and password that a user types in, or that a card of the sign-in page stands for. */
export interface Credentials {
  username: string;
  password: string;
}

// Not a secret: only whether a cookie may be worth trying when the page is opened again.
const COOKIE_HINT = "permgate-demo.cookie";

/** The mode to begin with. */
export function rememberedMode(): Mode {
  return localStorage.getItem(COOKIE_HINT) === null ? "token" : "cookie";
}

/** Asks the server for a session. Throws a `ProblemError` when the password is wrong. */
export async function authenticate(mode: Mode, credentials: Credentials): Promise<Session> {
  // Plain fetch: a wrong password is a 401 that says nothing about who is signed in now.
  const response = await fetch("/api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...credentials, mode }),
  });
  const answer = await readAnswer<{ subject: string; name: string; token?: string }>(response);
  noticeClue("signed in");
  if (mode === "token") localStorage.removeItem(COOKIE_HINT);
  else localStorage.setItem(COOKIE_HINT, "yes");
  const { subject, name, token } = answer;
  return { subject, name, mode, ...(token === undefined ? {} : { token }) };
}

/** Passes a new session to permgate, and waits until the permissions are known. */
export async function begin(session: Session): Promise<void> {
  const isNew = await openPermissions(session.mode);
  if (session.mode === "token") permissions.setToken(session.token ?? null);
  // An instance that has just been started loads by itself, and the cookie is there already.
  else if (!isNew) await permissions.refresh();
  await permissions.whenReady();
}

/** The user of the credentials that the browser or permgate has; none when the credentials are not valid. */
export async function restoreSession(mode: Mode): Promise<Session | undefined> {
  const status = await permissions.whenReady();
  if (status === "unauthenticated") return undefined;
  const response = await permissions.fetch("/api/session");
  if (!response.ok) return undefined;
  const { subject, name } = await readAnswer<{ subject: string; name: string }>(response);
  return { subject, name, mode };
}

/** Signs out. The page is empty before the server hears of it, and even if it never does. */
export async function signOut(session: Session | undefined): Promise<void> {
  permissions.signOut();
  localStorage.removeItem(COOKIE_HINT);
  await endAtServer(session).catch(() => {
    // No network: the credentials end by themselves, and this page shows nothing any more.
  });
}

/** Ends a session at the server; permgate is not told. */
export function endAtServer(session: Session | undefined): Promise<Response> {
  const headers: HeadersInit = session?.token === undefined ? {} : { Authorization: `Bearer ${session.token}` };
  return fetch("/api/session", { method: "DELETE", headers });
}
