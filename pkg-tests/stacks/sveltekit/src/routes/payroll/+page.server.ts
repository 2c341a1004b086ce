/** The page is loaded only for users who may see it. */

import { requirePermission } from "permgate/sveltekit";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = (event) => requirePermission(event, "payroll:view", { to: "/" });
