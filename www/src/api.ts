/** The server's API, typed. Every request goes through permgate's guarded `fetch`. */
import { noticeResponse } from "./changes.ts";
import { permissions } from "./permissions.ts";

/** An error answer (RFC 9457). */
export interface Problem {
  title: string;
  detail: string;
  /** On 403: the missing permission. */
  required?: string;
  /** On 412: the current state, after a change by somebody else. */
  current?: unknown;
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

/** The fields of a record that can be changed. */
export interface Fields {
  title: string;
  /** In cents. */
  amount: number;
  status: string;
  note: string;
}

/** A revision of something that is administered. */
interface Revised {
  /** The entity tag of the revision: a change names the one that it was made from. */
  etag: string;
}

/** A record of a page. */
export interface PageRecord extends Fields, Revised {
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
export interface User extends Revised {
  id: string;
  username: string;
  name: string;
  roles: string[];
  grants: Grant[];
  version: number;
}

/** A role, as administrators see it. */
export interface Role extends Revised {
  name: string;
  title: string;
  permissions: string[];
  members: number;
}

/** A page of the list of users, and the address of the next page if there is one. */
export interface UserPage {
  users: User[];
  next: string | undefined;
}

/** A person in the audit trail; without a name if they are no longer a user. */
export interface Who {
  subject: string;
  username: string | null;
}

/** An entry of the audit trail. */
export interface AuditEntry {
  id: string;
  /** The times of the first and the last occurrence. */
  at: string;
  last_at: string;
  count: number;
  /** Absent for a failed sign-in. */
  actor: Who | null;
  act: string;
  target: string;
  target_user: Who | null;
  before: unknown;
  after: unknown;
  /** Whether `before` and `after` are left out because a permission is missing. */
  is_withheld: boolean;
}

/** A page of the trail, and the address of the next page if there is one. */
export interface AuditPage {
  entries: AuditEntry[];
  next: string | undefined;
}

/** The result of a change: the new state, and the users whose permissions changed. */
interface Changed {
  user?: User;
  role?: Role;
  affected: { subject: string; version: number }[];
}

const path = encodeURIComponent;
const records = (page: string) => `/api/pages/${path(page)}/records`;
const users = "/api/admin/users";
const roles = "/api/admin/roles";

/** Each function resolves to the answer or rejects with a `ProblemError`. */
export const api = {
  catalogue: () => ask<Catalogue>("GET", "/api/catalogue"),

  records: (page: string) => ask<PageRecord[]>("GET", records(page)),
  addRecord: (page: string, fields: Fields) => ask<PageRecord>("POST", records(page), fields),
  changeRecord: (page: string, { id, etag }: PageRecord, fields: Fields) =>
    ask<PageRecord>("PUT", `${records(page)}/${path(id)}`, fields, etag),
  removeRecord: (page: string, { id, etag }: PageRecord) =>
    ask<void>("DELETE", `${records(page)}/${path(id)}`, undefined, etag),

  /** The first users, or those of the page at an address. */
  users: async (address = users): Promise<UserPage> => {
    const { answer, next } = await page<User[]>(address);
    return { users: answer, next };
  },
  addUser: (user: { username: string; name: string; password: string; roles: string[] }) =>
    ask<Changed>("POST", users, user),
  setUserRoles: ({ id, etag }: User, roles: string[]) =>
    ask<Changed>("PUT", `${users}/${path(id)}/roles`, { roles }, etag),
  setUserGrants: ({ id, etag }: User, grants: Grant[]) =>
    ask<Changed>("PUT", `${users}/${path(id)}/grants`, { grants }, etag),
  removeUser: ({ id, etag }: User) => ask<Changed>("DELETE", `${users}/${path(id)}`, undefined, etag),

  roles: () => ask<Role[]>("GET", roles),
  addRole: (role: { name: string; title: string; permissions: string[] }) =>
    ask<Changed>("POST", roles, role),
  setRole: ({ name, etag }: Role, content: { title: string; permissions: string[] }) =>
    ask<Changed>("PUT", `${roles}/${path(name)}`, content, etag),
  removeRole: ({ name, etag }: Role) => ask<Changed>("DELETE", `${roles}/${path(name)}`, undefined, etag),

  /** The newest entries, or those of the page at an address. */
  audit: async (address = "/api/admin/audit?limit=50"): Promise<AuditPage> => {
    const { answer, next } = await page<AuditEntry[]>(address);
    return { entries: answer, next };
  },
};

/** The current state, if a change was refused because somebody else had changed it; else undefined. */
export function changedMeanwhile<Resource>(error: unknown): Resource | undefined {
  if (!(error instanceof ProblemError) || error.status !== 412) return undefined;
  return error.problem.current as Resource | undefined;
}

async function ask<Answer>(method: string, address: string, body?: object, etag?: string): Promise<Answer> {
  return readAnswer(await send(method, address, body, etag));
}

/** One page of a list, and the address of the next one. */
async function page<Answer>(address: string): Promise<{ answer: Answer; next: string | undefined }> {
  const response = await send("GET", address);
  const next = /^<([^>]*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
  return { answer: await readAnswer<Answer>(response), next };
}

/** Sends a request; a change of something names the revision that it was made from. */
async function send(method: string, address: string, body?: object, etag?: string): Promise<Response> {
  // The guard adds the token and reads the answer: 401, 403 and a newer `Permissions-Version`
  // make permgate fetch the permission set again.
  const response = await permissions.fetch(address, {
    method,
    headers: {
      Accept: "application/json",
      ...(body && { "Content-Type": "application/json" }),
      ...(etag !== undefined && { "If-Match": etag }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  noticeResponse(`${method} ${address}`, response);
  return response;
}

/** The body of a successful answer; throws the problem of an error. */
export async function readAnswer<Answer>(response: Response): Promise<Answer> {
  if (response.ok) {
    return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
  }
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new ProblemError(response.status, {
    title: problem.title ?? `Error ${response.status}`,
    detail: problem.detail ?? "the server gave no details",
    ...(problem.required === undefined ? {} : { required: problem.required }),
    ...(problem.current === undefined ? {} : { current: problem.current }),
  });
}
