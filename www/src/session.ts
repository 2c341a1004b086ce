/** Who is signed in, and the ways in and out. The token lives in memory and nowhere else. */
import { readAnswer } from "./api.ts";
import { noticeClue } from "./changes.ts";
import { type Mode, permissions } from "./permissions.ts";

/** Somebody who is signed in. */
export interface Session {
  subject: string;
  name: string;
  mode: Mode;
}

/** What a user types in, or a card stands for. */
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

/**
 * Signs in, and tells permgate. `open` makes permgate run in the mode and says whether it has just
 * been started. Throws a `ProblemError` when the password is wrong.
 */
export async function signIn(
  mode: Mode,
  credentials: Credentials,
  open: (mode: Mode) => Promise<boolean>,
): Promise<Session> {
  // Plain fetch: a wrong password is a 401 that says nothing about who is signed in now.
  const response = await fetch("/api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...credentials, mode }),
  });
  const answer = await readAnswer<{ subject: string; name: string; token?: string }>(response);
  noticeClue("signed in");
  const isNew = await open(mode);
  if (mode === "token") {
    localStorage.removeItem(COOKIE_HINT);
    permissions.setToken(answer.token ?? null);
  } else {
    localStorage.setItem(COOKIE_HINT, "yes");
    // One that has just been started asks by itself, and the cookie is there already.
    if (!isNew) await permissions.refresh();
  }
  await permissions.whenReady();
  return { subject: answer.subject, name: answer.name, mode };
}

/** Whom the cookie stands for; none when it has run out. */
export async function restoreSession(): Promise<Session | undefined> {
  const status = await permissions.whenReady();
  if (status === "unauthenticated") return undefined;
  const response = await permissions.fetch("/api/session");
  if (!response.ok) return undefined;
  const answer = await readAnswer<{ subject: string; name: string }>(response);
  return { ...answer, mode: "cookie" };
}

/** Signs out. The page is empty before the server hears of it, and even if it never does. */
export async function signOut(): Promise<void> {
  permissions.signOut();
  localStorage.removeItem(COOKIE_HINT);
  await fetch("/api/session", { method: "DELETE" }).catch(() => {
    // No network: the cookie ends by itself, and this page shows nothing any more.
  });
}
