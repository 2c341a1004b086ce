/** The rights of a request's user, decided on the application's server by an instance of this request alone. */

import { createPermissions } from "permgate";

/** `cookie` is the header of the request. */
export async function rightsOf(cookie) {
  const permissions = await createPermissions({
    endpoint: `${process.env.PERMGATE_API}/api/me/permissions`,
    headers: () => ({ cookie }),
  });
  try {
    await permissions.whenReady();
    return { create: permissions.can("invoice:create"), payroll: permissions.can("payroll:view") };
  } finally {
    permissions.dispose();
  }
}
