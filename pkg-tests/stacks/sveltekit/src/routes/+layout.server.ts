/** The dehydrated permissions that every page carries for its user. */

import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = ({ locals }) => ({ permissions: locals.permissions.dehydrate() });
