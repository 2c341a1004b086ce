/** The permission document of a request's user, and what the application's server decides by it. */

import { evaluate } from "permgate/server";

/** The document of the user whose cookies these are; null when nobody is signed in. */
export async function documentOf(cookie) {
  const response = await fetch(`${process.env.PERMGATE_API}/api/me/permissions`, { headers: { cookie } });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`the permissions answered ${response.status}`);
  return response.json();
}

/** What the server decides for the user whose cookies these are. */
export async function rightsOf(cookie) {
  const permissions = evaluate(await documentOf(cookie));
  return { create: permissions.can("invoice:create"), payroll: permissions.can("payroll:view") };
}
