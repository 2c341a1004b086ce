/** Each request has the permissions of its user. */

import type { Handle } from "@sveltejs/kit";
import { evaluate } from "permgate/server";
import { handlePermissions } from "permgate/sveltekit";
import { documentOf } from "$lib/rights.js";

export const handle: Handle = handlePermissions(async ({ request }) => evaluate(await documentOf(request.headers.get("cookie") ?? "")));
