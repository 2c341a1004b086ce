/** The server: sign-in by a cookie, invoices, and an administrator who changes what users may do. `npm run build` makes the page that it serves. */

import express from "express";
import { createBackend } from "permgate/backend";
import { forExpress } from "permgate/backend/express";
import { open } from "./database.mjs";

const store = open(process.env.DATABASE ?? "example.db");
const secretOf = ({ headers }) => /(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? "")?.[1];

const backend = createBackend({
  identify(_, request) {
    const secret = secretOf(request);
    const session = secret && store.session(secret);
    return session ? { subject: session.user, session: secret, expiresAt: session.expires } : null;
  },
  load: (subject) => store.document(subject),
});
const permissions = forExpress(backend);

const app = express();
app.use(express.static("dist"));
app.use("/api", permissions.routes(), permissions.version(), express.json());

app.post("/api/session", (request, response) => {
  const { user, password } = request.body ?? {};
  const secret = store.signIn(String(user), String(password));
  if (!secret) return response.status(401).json({ title: "The user name or the password is wrong", status: 401 });
  return response.cookie("session", secret, { httpOnly: true, sameSite: "strict", secure: process.env.NODE_ENV === "production" }).status(204).end();
});

app.delete("/api/session", (request, response) => {
  const identity = permissions.granted(request)?.identity;
  if (identity) {
    store.signOut(identity.session);
    backend.ended(identity.subject, identity.session);
  }
  response.clearCookie("session").status(204).end();
});
app.get("/api/invoices", permissions.require("invoice:view"), (_, response) => response.json(store.invoices()));

app.post("/api/invoices", permissions.require("invoice:create"), (request, response) => {
  store.addInvoice(String(request.body?.title));
  return response.status(201).end();
});

app.put("/api/users/:user/permissions", permissions.require("user:edit"), async (request, response) => {
  const names = request.body;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return response.status(400).json({ title: "Send names", status: 400 });
  const { user } = request.params;
  if (!store.document(user)) return response.status(404).json({ title: "Not found", status: 404 });
  await backend.changed(user, { revoked: store.setPermissions(user, names) }); // committed first, told then
  return response.status(204).end();
});

const server = app.listen(process.env.PORT ?? 3000, "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
process.once("SIGTERM", () => {
  backend.close();
  server.close();
});
