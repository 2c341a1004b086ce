/** Servers, and instances on them, that are closed at the end of a test. */

import { afterEach } from "node:test";
import { createPermissions } from "../dist/node.js";
import { serve } from "./server.mjs";

const closes = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** Calls these functions after the present test, the last one first. */
export function atEnd(...functions) {
  closes.push(...functions);
}

/** A server, and an instance on it that guards requests to it; `errors` has the codes of the instance's errors. */
export async function opened(answer, options) {
  const server = await serve(answer);
  const permissions = await createPermissions({
    endpoint: `${server.origin}/permissions`,
    guard: { origins: [server.origin] },
    ...(typeof options === "function" ? options(server) : options),
  });
  atEnd(server.close, () => permissions.dispose());
  const errors = [];
  permissions.on("error", ({ code }) => errors.push(code));
  return { server, permissions, errors };
}
