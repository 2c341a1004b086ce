/** Each request has the permissions of its user. */

import { evaluate } from "permgate/server";
import { handlePermissions } from "permgate/sveltekit";
import { documentOf } from "$lib/rights.js";

export const handle = handlePermissions(async ({ request }) => evaluate(await documentOf(request.headers.get("cookie") ?? "")));
