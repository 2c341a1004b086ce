/** Answers with what the server decides for the request's user. */

import { json } from "@sveltejs/kit";
import { rightsOf } from "$lib/rights.js";

export const GET = async ({ request }) => json(await rightsOf(request.headers.get("cookie") ?? ""));
