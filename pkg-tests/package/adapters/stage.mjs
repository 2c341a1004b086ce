/** The page's side of the adapters' tests: an instance whose endpoint and user the test directs, and how many listen to it. */

import { createPermissions } from "/permgate/index.js";
import { token } from "/support/jwt.mjs";

/** The token of a user, who is another one than before if the subject is. */
const tokenOf = (subject) => token({ sub: subject, exp: 4_000_000_000 });

/** The instance: as it is, but that those who listen to it are counted. */
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
  /** Another user: nothing is known until the endpoint has answered. */
  stage.another = () => permissions.setToken(tokenOf(`u-${(stage.subject += 1)}`));
  return stage;
}
