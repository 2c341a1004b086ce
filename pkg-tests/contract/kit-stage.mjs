/** A small application on `permgate/backend`, in each framework that has a bridge: users in memory, tokens and cookies. */

import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { createBackend } from "permgate/backend";
import { forExpress } from "permgate/backend/express";
import { forFastify } from "permgate/backend/fastify";
import { forHono } from "permgate/backend/hono";
import { forNext } from "permgate/backend/next";
import { toWeb } from "./kit-web.mjs";

export const DOCUMENT = "/api/me/permissions";
export const EVENTS = `${DOCUMENT}/events`;
export const PAGE_ORIGIN = "https://app.example";

/** The database: the users, and the user of each session. */
export function startStore() {
  const users = new Map([
    ["u-1", { version: 7, permissions: ["user:edit", "invoice:*"], denied: ["invoice:delete"] }],
    ["u-2", { version: 1, permissions: ["invoice:view", "invoice:edit"], grants: [{ permission: "report:view", resource: "reports/*", effect: "allow" }, { permission: "report:view", resource: "reports/secret", effect: "deny" }] }],
  ]);
  const sessions = new Map([["ada-token", "u-1"], ["grace-token", "u-2"], ["grace-other", "u-2"]]);
  const store = {
    users,
    sessions,
    loads: 0,
    /** Set by a test: answers instead of the store. */
    load: undefined,
    options: {
      origins: [PAGE_ORIGIN],
      heartbeatMs: 50,
      identify(request) {
        const token = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? /(?:^|; )session=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
        const subject = sessions.get(token);
        return subject === undefined ? null : { subject, session: token };
      },
      async load(subject) {
        store.loads += 1;
        return store.load ? store.load(subject) : users.get(subject);
      },
    },
    /** Commits a change of a user's permissions with its version; returns the names that were revoked. */
    set(subject, permissions) {
      const before = users.get(subject);
      users.set(subject, { ...before, permissions, version: before.version + 1 });
      return before.permissions.filter((name) => !permissions.includes(name));
    },
  };
  return store;
}

/** The answer of `/page`, a page that the application renders: the document of its user, or the code of the error. */
const rendered = (document) => document.then((document) => ({ document }), ({ code }) => ({ code }));

/** An application for each framework, with the routes of the contract and further ones; its function returns `{ handler, backend, close }`. */
const APPLICATIONS = {
  express(options, change) {
    const backend = createBackend(options);
    const permissions = forExpress(backend);
    const app = express();
    app.use(permissions.routes(), permissions.version());
    app.get("/api/invoices", permissions.require("invoice:view"), (request, response) => response.json({ subject: permissions.granted(request).identity.subject }));
    app.get("/api/users", permissions.require("user:edit"), (_, response) => response.json([]));
    app.get("/api/reports/:id", permissions.require("report:view", { resource: "reports/{id}" }), (request, response) => response.json(request.params.id));
    app.get("/api/open", (_, response) => response.json([]));
    app.get("/page", async (request, response) => response.json(await rendered(permissions.documentOf(request))));
    app.put("/api/users/:id/permissions", express.json(), permissions.require("user:edit"), async (request, response) => {
      await change(backend, request.params.id, request.body);
      response.status(204).end();
    });
    app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }));
    return { backend, handler: app };
  },
  async fastify(options, change) {
    const backend = createBackend(options);
    const permissions = forFastify(backend);
    const app = fastify();
    app.register(permissions.plugin, {});
    app.after(() => {
      app.get("/api/invoices", { preHandler: permissions.require("invoice:view") }, async (request) => ({ subject: permissions.granted(request).identity.subject }));
      app.get("/api/users", { preHandler: permissions.require("user:edit") }, async () => []);
      app.get("/api/reports/:id", { preHandler: permissions.require("report:view", { resource: "reports/{id}" }) }, async (request) => JSON.stringify(request.params.id));
      app.get("/api/open", async () => []);
      app.get("/page", (request) => rendered(permissions.documentOf(request)));
      app.put("/api/users/:id/permissions", { preHandler: permissions.require("user:edit") }, async (request, reply) => {
        await change(backend, request.params.id, request.body);
        return reply.code(204).send();
      });
    });
    await app.ready();
    return { backend, handler: (request, response) => app.routing(request, response), close: () => app.close() };
  },
  hono(options, change) {
    const backend = createBackend(options);
    const permissions = forHono(backend);
    const app = new Hono();
    app.use(permissions.routes(), permissions.version());
    app.get("/api/invoices", permissions.require("invoice:view"), (c) => c.json({ subject: permissions.granted(c).identity.subject }));
    app.get("/api/users", permissions.require("user:edit"), (c) => c.json([]));
    app.get("/api/reports/:id", permissions.require("report:view", { resource: "reports/{id}" }), (c) => c.json(c.req.param("id")));
    app.get("/api/open", (c) => c.json([]));
    app.get("/page", async (c) => c.json(await rendered(permissions.documentOf(c))));
    app.put("/api/users/:id/permissions", permissions.require("user:edit"), async (c) => {
      await change(backend, c.req.param("id"), await c.req.json());
      return c.body(null, 204);
    });
    return { backend, handler: getRequestListener(app.fetch) };
  },
  /** Route handlers as Next calls them; with Next itself they run in `stacks`. */
  next(options, change) {
    const backend = createBackend(options);
    const permissions = forNext(backend);
    const routes = [
      [DOCUMENT, permissions.document],
      [EVENTS, permissions.events],
      // A page of Next knows only the headers of its request.
      ["/page", { GET: async ({ headers }) => Response.json(await rendered(permissions.documentOf(headers))) }],
      ["/api/invoices", { GET: permissions.require("invoice:view", (_, { granted }) => Response.json({ subject: granted.identity.subject })) }],
      ["/api/users", { GET: permissions.require("user:edit", () => Response.json([])) }],
      ["/api/reports/[id]", { GET: permissions.require("report:view", async (_, { params }) => Response.json((await params).id), { resource: "reports/{id}" }) }],
      [
        "/api/users/[id]/permissions",
        {
          PUT: permissions.require("user:edit", async (request, { params }) => {
            await change(backend, (await params).id, await request.json());
            return new Response(null, { status: 204 });
          }),
        },
      ],
    ];
    return { backend, handler: toWeb(routes) };
  },
};

export const FRAMEWORKS = Object.keys(APPLICATIONS);

/** Starts an application; its `PUT` calls `change`, which a test may replace. */
export async function startKit(t, framework, { store = startStore(), options = {}, listenOn = 0 } = {}) {
  const errors = [];
  const change = async (backend, subject, permissions) => backend.changed(subject, { revoked: store.set(subject, permissions) });
  const application = await APPLICATIONS[framework]({ ...store.options, onError: (error) => errors.push(error), ...options }, change);
  const server = createServer(application.handler).listen(listenOn, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    application.backend.close();
    server.closeAllConnections();
    server.close();
    await application.close?.();
  };
  t.after(close);
  const origin = `http://127.0.0.1:${server.address().port}`;
  const ask = (path, token, init = {}) => fetch(origin + path, { ...init, headers: { ...(token && { authorization: `Bearer ${token}` }), ...init.headers } });
  return { ...application, origin, store, errors, ask, close, codes: () => errors.map(({ code }) => code) };
}
