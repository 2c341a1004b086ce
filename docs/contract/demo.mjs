/** The back end of the guides: two users, who sign in by a password and get a cookie. `node demo.mjs` listens on port 8787, or `PORT`. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { backend } from "./backend.mjs";

const user = (subject, permissions) => [subject, { subject, version: 1, permissions }];
const users = new Map([user("ada", ["user:edit", "invoice:view"]), user("grace", ["invoice:view", "invoice:delete"])]);
/** The password of a user; a real back end stores hashes of passwords. */
const passwordOf = (name) => `${name}-demo`;

/** From the value of a cookie, or a bearer token, to the user. The names are tokens too: the guides begin without a sign-in. */
const sessions = new Map(users);
const api = backend(sessions);
const cookie = (value, more = "") => `session=${value}; Path=/; HttpOnly; SameSite=Strict${more}`;

const server = createServer(async (request, response) => {
  const isSession = request.url === "/api/session";
  // The commands of the guides print nothing when they succeed.
  if (request.method === "PUT") response.on("finish", () => console.log(`${request.url}: ${response.statusCode === 204 ? "changed" : `refused (${response.statusCode})`}`));
  if (!isSession || request.method !== "POST") {
    if (isSession && request.method === "DELETE") {
      response.setHeader("Set-Cookie", cookie("", "; Max-Age=0"));
      // A session that is not there any more, such as after a restart, has ended.
      const id = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie)?.[1];
      if (!request.headers.authorization && !sessions.has(id)) return response.writeHead(204, { "Cache-Control": "no-store" }).end();
    }
    return api.emit("request", request, response);
  }
  const sent = await new Response(request).json().catch(() => undefined);
  response.setHeader("Cache-Control", "no-store");
  if (!users.has(sent?.user) || sent.password !== passwordOf(sent.user)) {
    response.writeHead(401, { "Content-Type": "application/problem+json", "WWW-Authenticate": "Bearer" });
    return response.end(JSON.stringify({ title: "The user name or the password is wrong", status: 401 }));
  }
  const id = randomUUID();
  sessions.set(id, users.get(sent.user));
  response.writeHead(204, { "Set-Cookie": cookie(id) }).end();
});

const port = process.env.PORT ?? 8787;
server.on("error", (error) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is in use. End what listens there, or give this back end another port by the environment variable PORT, and the same port to the proxy of your development server.`);
  process.exitCode = 1;
});
server.listen(port, "127.0.0.1", () => {
  console.log(`permgate's demo back end listens on http://127.0.0.1:${port}`);
  console.log(`users: ${[...users.keys()].map((name) => `${name} (password ${passwordOf(name)})`).join(", ")}; end it by Ctrl+C`);
});
