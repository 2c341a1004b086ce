/** Answers with the server's decisions for the request's user. */

import { json } from "@sveltejs/kit";
import type { RequestHandler } from "./$types";

export const GET: RequestHandler = ({ locals: { permissions } }) => json({ create: permissions.can("invoice:create"), payroll: permissions.can("payroll:view") });
