/** The page's side of the tests of adapters: an instance whose endpoint and user a test controls, and the number of its listeners. */

import { createPermissions } from "/permgate/index.js";
import { token } from "/support/jwt.mjs";

/** The token of a user; another subject is another user. */
const tokenOf = (subject) => token({ sub: subject, exp: 4_000_000_000 });

/** The instance, with its listeners counted. */
export async function instance() {
  const permissions = await createPermissions({ endpoint: "/api/me/permissions", token: tokenOf("u-1"), tabs: false });
  const stage = { permissions: undefined, listeners: 0, subject: 1 };
  stage.permissions = Object.create(permissions, {
    subscribe: {
      value(listener) {
        stage.listeners += 1;
        const stop = permissions.subscribe(listener);
        return () => {
          stage.listeners -= 1;
          stop();
        };
      },
    },
  });
  /** Signs another user in: no decision is known until the endpoint has answered. */
  stage.another = () => permissions.setToken(tokenOf(`u-${(stage.subject += 1)}`));
  return stage;
}
