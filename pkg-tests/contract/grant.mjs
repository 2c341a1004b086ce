/** The command that tests pass to `--change-with`: denies a user a permission at permgate-server, or removes the denial. */

import { setGrant } from "../e2e/demo.mjs";

const { administrator, username, permission, effect } = JSON.parse(Buffer.from(process.argv[2], "base64url").toString());
await setGrant(administrator, username, permission, effect);
