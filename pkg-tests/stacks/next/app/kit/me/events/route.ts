/** The stream of changes. */

import { permissions } from "../../permissions";

export const { GET, OPTIONS } = permissions.events;
