/** An administrator on another device: requests that bypass this page, its network and its permgate. */
import { type Grant, readAnswer, type User } from "../api.ts";
import { demoPassword } from "../sign-in/users.ts";
import { fetchFromElsewhere } from "./network.ts";

const USERS = "/api/admin/users";

let token: string | undefined;

/** Sends a request as the administrator, who signs in if necessary. */
async function answerTo(method: string, address: string, body?: object, etag?: string): Promise<Response> {
  token ??= await signIn();
  const response = await send(method, address, body, { token, etag });
  if (response.status !== 401) return response;
  token = await signIn();
  return send(method, address, body, { token, etag });
}

async function ask<Answer>(method: string, address: string, body?: object, etag?: string): Promise<Answer> {
  return readAnswer(await answerTo(method, address, body, etag));
}

async function signIn(): Promise<string> {
  const credentials = { username: "ada", password: demoPassword("ada"), mode: "token" };
  const response = await send("POST", "/api/session", credentials);
  return (await readAnswer<{ token: string }>(response)).token;
}

function send(
  method: string,
  address: string,
  body?: object,
  { token: bearer, etag }: { token?: string; etag?: string | undefined } = {},
): Promise<Response> {
  const headers = {
    ...(body && { "Content-Type": "application/json" }),
    ...(bearer && { Authorization: `Bearer ${bearer}` }),
    ...(etag && { "If-Match": etag }),
  };
  // Without the page's cookie, as another browser.
  const init = { method, headers, credentials: "omit" as const };
  return fetchFromElsewhere(address, body ? { ...init, body: JSON.stringify(body) } : init);
}

function userOf(subject: string): Promise<User> {
  return ask<User>("GET", addressOf(subject));
}

function addressOf(subject: string): string {
  return `${USERS}/${encodeURIComponent(subject)}`;
}

/** The grants before a revocation, to be given back: by subject and permission. */
const taken = new Map<string, readonly Grant[]>();
const roles = new Map<string, readonly string[]>();

/** Takes a permission from a user by a deny. `sent` is called just before the request. */
export async function revoke(subject: string, permission: string, sent: () => void): Promise<void> {
  const { grants, etag } = await userOf(subject);
  const own = grants.filter((grant) => grant.permission === permission);
  taken.set(`${subject} ${permission}`, own.filter(({ effect }) => effect === "allow"));
  const others = grants.filter((grant) => grant.permission !== permission);
  await put(subject, [...others, { permission, effect: "deny" }], etag, sent);
}

/** Gives a permission: restores the grants from before, or adds an allow. */
export async function grant(subject: string, permission: string, sent: () => void): Promise<void> {
  const { grants, etag } = await userOf(subject);
  const others = grants.filter((grant) => grant.permission !== permission);
  const own = taken.get(`${subject} ${permission}`) ?? [{ permission, effect: "allow" }];
  await put(subject, [...others, ...own], etag, sent);
}

function put(subject: string, grants: readonly Grant[], etag: string, sent: () => void): Promise<unknown> {
  sent();
  return ask("PUT", `${addressOf(subject)}/grants`, { grants }, etag);
}

/** Takes all roles from a user, or gives them back. `sent` gets the roles just before the request. */
export async function toggleRoles(subject: string, sent: (roles: readonly string[]) => void): Promise<void> {
  const { roles: now, etag } = await userOf(subject);
  if (now.length > 0) roles.set(subject, now);
  const next = now.length > 0 ? [] : (roles.get(subject) ?? []);
  sent(next);
  await ask("PUT", `${addressOf(subject)}/roles`, { roles: next }, etag);
}

/** Lets the server crash; false if it has no control for that. */
export async function crash(seconds: number): Promise<boolean> {
  const response = await answerTo("POST", "/api/demo/crash", { seconds });
  if (response.status === 404 || response.status === 405) return false;
  if (!response.ok) await readAnswer(response);
  return true;
}
