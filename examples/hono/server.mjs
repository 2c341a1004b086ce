/** The server: access tokens that the page renews, invoices of tenants, and an administrator who changes what users may do. */

import { randomBytes } from "node:crypto";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { sign, verify } from "hono/jwt";
import { createBackend } from "permgate/backend";
import { forHono } from "permgate/backend/hono";

/** Anybody who has this key can sign in as anybody else: in production it comes from the environment, with 32 random bytes. */
const secret = process.env.JWT_SECRET ?? randomBytes(32).toString("base64url");
const TOKEN_SECONDS = 15 * 60;

/** In the place of a database. The version counts up with every change, in the same transaction. */
const users = new Map([
  ["ada", { password: "ada-demo", version: 1, permissions: ["user:edit"], grants: [{ permission: "invoice:*", resource: "tenants/*", effect: "allow" }] }],
  ["grace", { password: "grace-demo", version: 1, permissions: [], grants: [{ permission: "invoice:view", resource: "tenants/acme/*", effect: "allow" }] }],
]);
const invoices = { acme: ["Paper"], umbrella: ["Umbrellas"] };

const backend = createBackend({
  async identify(request) {
    const token = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (!token) return null;
    try {
      const { sub, exp } = await verify(token, secret, "HS256");
      return { subject: sub, session: token, expiresAt: exp * 1000 };
    } catch {
      return null;
    }
  },
  load(subject) {
    const user = users.get(subject);
    return user && { version: user.version, permissions: user.permissions, grants: user.grants };
  },
});
const permissions = forHono(backend);

const app = new Hono();
app.use("/api/*", permissions.routes(), permissions.version());

app.post("/api/token", async (c) => {
  const { user, password } = await c.req.json();
  // A database has hashes; `examples/express` makes some.
  if (users.get(user)?.password !== password) return c.json({ title: "The user name or the password is wrong", status: 401 }, 401);
  return c.json({ token: await sign({ sub: user, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS }, secret, "HS256") });
});

app.get("/api/tenants/:tenant/invoices", permissions.require("invoice:view", { resource: "tenants/{tenant}/invoices" }), (c) => c.json(invoices[c.req.param("tenant")] ?? []));

app.put("/api/users/:user/grants", permissions.require("user:edit"), async (c) => {
  const user = users.get(c.req.param("user"));
  const grants = await c.req.json();
  if (!user || !Array.isArray(grants)) return c.json({ title: "Send grants of a user that there is", status: 400 }, 400);
  Object.assign(user, { grants, version: user.version + 1 });
  await backend.changed(c.req.param("user"));
  return c.body(null, 204);
});

app.use("*", serveStatic({ root: "./dist" }));

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) => console.log(`listening on http://127.0.0.1:${port}`));
process.once("SIGTERM", () => {
  backend.close();
  server.close();
});
