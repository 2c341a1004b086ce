/** The document of the requesting user, and its long poll. */

import { permissions } from "../permissions";

export const { GET, OPTIONS } = permissions.document;
