/** A page whose permissions come from the kit, without a request to the application's own server. */

import { headers } from "next/headers";
import { connection } from "next/server";
import { evaluate } from "permgate/server";
import { permissions } from "./permissions";

/** This page is rendered for one user, at each request. */
export const instant = false;

export default async function KitPage() {
  await connection();
  const granted = evaluate(await permissions.documentOf(await headers()));
  return <p>{granted.can("invoice:view") ? "may view invoices" : "may not view invoices"}</p>;
}
