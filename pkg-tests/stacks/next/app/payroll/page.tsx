/** A page that the server does not render, and whose data it does not load, unless it is granted. */

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { evaluate } from "permgate/server";
import { Gated } from "../gated";
import { documentOf } from "../rights";

/** This page is rendered for one user, at each request. */
export const instant = false;

export default async function Payroll() {
  await connection();
  const permissions = evaluate(await documentOf((await headers()).get("cookie") ?? ""));
  if (!permissions.can("payroll:view")) redirect("/");
  return <Gated requirement="payroll:view" testId="page-payroll" />;
}
