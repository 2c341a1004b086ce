/** Data of the request's user, on a page that no permission guards. */

import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => ({ mine: locals.permissions.snapshot().subject ?? "nobody" });
