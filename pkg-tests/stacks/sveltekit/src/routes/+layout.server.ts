/** What every page carries of the permissions of its user. */

import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = ({ locals }) => ({ permissions: locals.permissions.dehydrate() });
