/** A back end for permgate without any library. `node backend.mjs` listens on port 8787, or `PORT`. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
/** `sessions` maps a token (sent as bearer token or in the cookie `session`) to `{ subject, version, permissions, grants }`. */
export function backend(sessions, { origins = [], heartbeatMs = 15_000 } = {}) {
  const streams = new Set();
  const say = ({ response }, event, data = {}) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const problem = (response, status, title, more = {}) =>
    response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify({ title, status, ...more }));
  const change = (user, { permissions, grants }) => {
    const revoked = user.permissions.filter((name) => !permissions.includes(name));
    Object.assign(user, { permissions, grants, version: user.version + 1 }); // Committed together, and announced after that.
    const fits = revoked.length > 0 && revoked.length <= 1024 && Buffer.byteLength(revoked.join("")) <= 32 * 1024;
    const data = { subject: user.subject, version: user.version, ...(fits && { permissions: revoked }) };
    for (const stream of streams) if (stream.user === user) say(stream, fits ? "revoked" : "version", data);
  };
  return createServer(async (request, response) => {
    const { method, headers } = request, [pathname] = request.url.split("?");
    response.setHeader("Cache-Control", "no-store").setHeader("Vary", "Authorization, Cookie, Origin");
    if (origins.includes(headers.origin)) {
      response.setHeader("Access-Control-Allow-Origin", headers.origin).setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Access-Control-Allow-Headers", "Authorization, If-None-Match");
      response.setHeader("Access-Control-Expose-Headers", "ETag, Permissions-Version, WWW-Authenticate");
    }
    if (method === "OPTIONS") return response.writeHead(204).end();
    const token = /^Bearer (\S+)$/i.exec(headers.authorization)?.[1] ?? /(?:^|; )session=([^;]+)/.exec(headers.cookie)?.[1];
    const user = sessions.get(token);
    if (!user) return problem(response.setHeader("WWW-Authenticate", "Bearer"), 401, "Sign-in needed");
    const { subject, version, permissions, grants } = user;
    response.setHeader("Permissions-Version", `${version};sub="${subject}"`);
    if (method === "GET" && pathname === "/api/me/permissions") {
      const body = JSON.stringify({ subject, version, permissions, grants });
      const tag = `"${createHash("sha256").update(body).digest("base64url")}"`;
      response.setHeader("ETag", tag).setHeader("Content-Type", "application/json");
      return headers["if-none-match"] === tag ? response.writeHead(304).end() : response.end(body);
    }
    if (method === "GET" && pathname === "/api/me/permissions/events") {
      const stream = { user, token, response, timer: setInterval(() => say(stream, "heartbeat"), heartbeatMs) };
      response.setHeader("Cache-Control", "no-store, no-transform").setHeader("X-Accel-Buffering", "no");
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      streams.add(stream);
      response.on("close", () => streams.delete(stream) && clearInterval(stream.timer));
      return say(stream, "version", { subject, version });
    }
    if (method === "DELETE" && pathname === "/api/session" && sessions.delete(token)) {
      for (const stream of streams) if (stream.token === token) say(stream, "session-revoked") && stream.response.end();
      return response.writeHead(204).end();
    }
    const target = [...sessions.values()].find((user) => pathname === `/api/users/${user.subject}/permissions`);
    if (method !== "PUT" || !target) return problem(response, 404, "Not found");
    const missing = { required: "user:edit", permissions_version: version }; // Each of your own routes asks like this.
    if (!permissions.includes(missing.required)) return problem(response, 403, "Permission needed", missing);
    const sent = await new Response(request).json().catch(() => undefined), next = Array.isArray(sent) ? { permissions: sent } : sent;
    if (!next?.permissions?.every?.((name) => typeof name === "string")) return problem(response, 400, "Send names");
    response.writeHead(204).end(change(target, next));
  });
}
const ada = { subject: "ada", version: 1, permissions: ["user:edit", "invoice:view"] }, port = process.env.PORT ?? 8787;
const isMain = import.meta.resolve(new URL(`file:${process.argv[1]}`).href) === import.meta.url; // Also by a symbolic link.
if (isMain) backend(new Map([["ada", ada]])).listen(port, "127.0.0.1", () => console.log(`listens on http://127.0.0.1:${port}`));
