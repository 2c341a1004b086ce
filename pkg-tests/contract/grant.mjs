/** Denies a user a permission at permgate-server, or takes the denial off: what tests give to `--change-with`. */

import { setGrant } from "../e2e/demo.mjs";

const { administrator, username, permission, effect } = JSON.parse(Buffer.from(process.argv[2], "base64url").toString());
await setGrant(administrator, username, permission, effect);
