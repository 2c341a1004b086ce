/** The permission document of a request's user, and the decisions of the application's server from it. */

import { evaluate } from "permgate/server";

/** The document of the user with these cookies; null if nobody is signed in. */
export async function documentOf(cookie) {
  const response = await fetch(`${process.env.PERMGATE_API}/api/me/permissions`, { headers: { cookie } });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`the permissions answered ${response.status}`);
  return response.json();
}

/** The subject of the user with these cookies; `nobody` if there is none. */
export async function whoseAre(cookie) {
  return (await documentOf(cookie))?.subject ?? "nobody";
}

/** The server's decisions for the user with these cookies. */
export async function rightsOf(cookie) {
  const permissions = evaluate(await documentOf(cookie));
  return { create: permissions.can("invoice:create"), payroll: permissions.can("payroll:view") };
}
