/** Revokes the user's right to view, and announces the change. */

import { backend, users } from "../permissions";

export async function POST() {
  const user = users.get("u-1")!;
  users.set("u-1", { ...user, version: user.version + 1, permissions: user.permissions.filter((name) => name !== "invoice:view") });
  await backend.changed("u-1", { revoked: ["invoice:view"] });
  return new Response(null, { status: 204 });
}
