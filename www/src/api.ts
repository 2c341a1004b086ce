/** The server's API, typed. Every request goes through permgate's guarded `fetch`. */
import { noticeResponse } from "./changes.ts";
import { permissions } from "./permissions.ts";

/** An error answer (RFC 9457). */
export interface Problem {
  title: string;
  detail: string;
  /** On 403: what would have been needed. */
  required?: string;
}

/** An answer that is an error. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
    this.status = status;
    this.problem = problem;
  }
}

/** A page of the application. */
export interface Page {
  key: string;
  title: string;
  section: string;
  /** The names of its permissions, such as `invoice:view`. */
  permissions: string[];
}

/** All pages. */
export interface Catalogue {
  permissions: string[];
  pages: Page[];
}

/** What can be changed about a record. */
export interface Fields {
  title: string;
  /** In cents. */
  amount: number;
  status: string;
  note: string;
}

/** A record of a page. */
export interface PageRecord extends Fields {
  id: string;
  updated_at: string;
}

/** One allow or deny. */
export interface Grant {
  permission: string;
  resource?: string;
  effect: "allow" | "deny";
}

/** A user, as administrators see them. */
export interface User {
  id: string;
  username: string;
  name: string;
  roles: string[];
  grants: Grant[];
  version: number;
}

/** A role, as administrators see it. */
export interface Role {
  name: string;
  title: string;
  permissions: string[];
  members: number;
}

/** What a change came to: the new state, and whose permissions differ now. */
interface Changed {
  user?: User;
  role?: Role;
  affected: { subject: string; version: number }[];
}

const path = encodeURIComponent;
const records = (page: string) => `/api/pages/${path(page)}/records`;
const users = "/api/admin/users";
const roles = "/api/admin/roles";

/** Each function resolves with the answer or throws a `ProblemError`. */
export const api = {
  catalogue: () => ask<Catalogue>("GET", "/api/catalogue"),

  records: (page: string) => ask<PageRecord[]>("GET", records(page)),
  addRecord: (page: string, fields: Fields) => ask<PageRecord>("POST", records(page), fields),
  changeRecord: (page: string, id: string, fields: Fields) =>
    ask<PageRecord>("PUT", `${records(page)}/${path(id)}`, fields),
  removeRecord: (page: string, id: string) => ask<void>("DELETE", `${records(page)}/${path(id)}`),

  users: () => ask<User[]>("GET", users),
  addUser: (user: { username: string; name: string; password: string; roles: string[] }) =>
    ask<Changed>("POST", users, user),
  setUserRoles: (id: string, roles: string[]) =>
    ask<Changed>("PUT", `${users}/${path(id)}/roles`, { roles }),
  setUserGrants: (id: string, grants: Grant[]) =>
    ask<Changed>("PUT", `${users}/${path(id)}/grants`, { grants }),
  removeUser: (id: string) => ask<Changed>("DELETE", `${users}/${path(id)}`),

  roles: () => ask<Role[]>("GET", roles),
  addRole: (role: { name: string; title: string; permissions: string[] }) =>
    ask<Changed>("POST", roles, role),
  setRole: (name: string, content: { title: string; permissions: string[] }) =>
    ask<Changed>("PUT", `${roles}/${path(name)}`, content),
  removeRole: (name: string) => ask<Changed>("DELETE", `${roles}/${path(name)}`),
};

async function ask<Answer>(method: string, address: string, body?: object): Promise<Answer> {
  // The guard adds the token and looks at the answer: 401, 403 and a newer `Permissions-Version`
  // all make permgate fetch the permission set again.
  const response = await permissions.fetch(address, {
    method,
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  noticeResponse(`${method} ${address}`, response);
  return readAnswer(response);
}

/** The body of a good answer; throws the problem of a bad one. */
export async function readAnswer<Answer>(response: Response): Promise<Answer> {
  if (response.ok) {
    return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
  }
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new ProblemError(response.status, {
    title: problem.title ?? `Error ${response.status}`,
    detail: problem.detail ?? "the server gave no details",
    ...(problem.required === undefined ? {} : { required: problem.required }),
  });
}
