/** The document of the user who asks, and its long poll. */

import { permissions } from "../permissions";

export const { GET, OPTIONS } = permissions.document;
