/** A program on `permgate/backend` with the frameworks' own types; each line below `@ts-expect-error` must not compile. */

import express, { type Request as ExpressRequest } from "express";
import fastify, { type FastifyRequest } from "fastify";
import { type Context, Hono } from "hono";
import { createClient } from "redis";
import { Redis } from "ioredis";
import { type Backend, type Bus, type Granted, type PermissionDocument, createBackend, memoryBus, redisBus } from "permgate/backend";
import { forExpress } from "permgate/backend/express";
import { forFastify } from "permgate/backend/fastify";
import { forHono } from "permgate/backend/hono";
import { forNext } from "permgate/backend/next";
import { evaluate } from "permgate/server";

const load = async (subject: string) => ({ subject, version: 1, permissions: ["invoice:view"] });

export async function inExpress(): Promise<void> {
  const backend = createBackend<ExpressRequest>({
    identify: (request, req) => (request.headers.get("authorization") ? { subject: String(req.ip), session: "s", expiresAt: Date.now() } : null),
    load,
    versions: async (subjects) => new Map(subjects.map((subject) => [subject, 1])),
    bus: redisBus(createClient(), { channel: "permissions" }),
    origins: ["https://app.example"],
    onError: ({ code, message }) => console.error(code, message),
  });
  const permissions = forExpress(backend);
  const app = express();
  app.use(permissions.routes("/api/me/permissions"), permissions.version());
  app.get("/api/invoices/:id", permissions.require("invoice:view", { resource: (req) => `invoices/${req.params["id"]}` }), (req, res) => {
    const granted: Granted | null = permissions.granted(req);
    res.json({ may: granted?.permissions.can("invoice:edit"), subject: granted?.identity.subject });
  });
  const document: PermissionDocument | null = await permissions.documentOf({} as ExpressRequest);
  evaluate(await backend.documentOf(new Request("https://api.example"), {} as ExpressRequest)).can(String(document?.version));
  await backend.changed("u-1", { revoked: ["invoice:edit"] });
  await backend.changed(["u-1", "u-2"], { version: 3 });
  backend.ended("u-1", "session");
  const response: Granted | Response = await backend.require("invoice:view", new Request("https://api.example"), {} as ExpressRequest, { resource: "invoices/{id}", parameters: { id: "7" } });
  console.log(response);

  // @ts-expect-error `load` is missing
  createBackend({ identify: () => null });
  // @ts-expect-error a misspelt option
  createBackend({ identify: () => null, load, maxAge: 1 });
  // @ts-expect-error an identity has a subject
  createBackend({ identify: () => ({ user: "u-1" }), load });
  // @ts-expect-error a document is not a text
  createBackend({ identify: () => null, load: () => "invoice:view" });
  // @ts-expect-error a policy is not a function on a server
  createBackend({ identify: () => null, load, catalogue: () => ({ id: "1", permissions: [] }) });
  // @ts-expect-error revoked names are a list
  await backend.changed("u-1", { revoked: "invoice:edit" });
  // @ts-expect-error a requirement is a text
  permissions.require(["invoice:view"]);
  // @ts-expect-error a resource is a text
  permissions.require("invoice:view", { resource: (req) => Number(req.params["id"]) });
  // @ts-expect-error an empty object is not a Redis client
  redisBus({});
  // @ts-expect-error the back end identifies by another framework's request
  forHono(backend);
  // @ts-expect-error the argument is a request, not a subject
  permissions.documentOf("u-1");
  // @ts-expect-error the framework's own request is missing
  backend.documentOf(new Request("https://api.example"));
}

export function inFastify(): void {
  const backend: Backend<FastifyRequest> = createBackend<FastifyRequest>({ identify: (_, request) => ({ subject: request.ip }), load, bus: redisBus(new Redis({ lazyConnect: true })) });
  const permissions = forFastify(backend);
  const app = fastify();
  app.register(permissions.plugin, { path: "/api/me/permissions" });
  app.get("/api/invoices", { preHandler: permissions.require("invoice:view") }, async (request) => permissions.granted(request)?.version);
  app.get("/", async (request) => evaluate(await permissions.documentOf(request)).can("invoice:view"));
}

export function inHono(): void {
  const bus: Bus = memoryBus();
  const backend = createBackend<Context>({ identify: (_, c) => ({ subject: c.req.path }), load, bus });
  const permissions = forHono(backend);
  const app = new Hono();
  app.use(permissions.routes(), permissions.version());
  app.get("/api/invoices/:id", permissions.require("invoice:view", { resource: "invoices/{id}" }), (c) => c.json(permissions.granted(c)?.version ?? 0));
  app.get("/", async (c) => c.json(await permissions.documentOf(c)));
}

const permissions = forNext(createBackend<Request>({ identify: (request) => ({ subject: request.url }), load }));
export const { GET, OPTIONS } = permissions.document;
export const POST = permissions.require("invoice:edit", async (request, { params, granted }: { params: Promise<{ id: string }>; granted: Granted }) => {
  const { id } = await params;
  return Response.json({ id, asked: request.url, version: granted.version });
});
export const PUT = permissions.require(
  "invoice:edit",
  async (request, { params, granted }) => {
    const { id } = await params;
    // @ts-expect-error the parameter is a string: only a route with a declared type has a list, as for a catch-all segment
    id?.at(-1)?.push("");
    return Response.json({ id, asked: request.url, version: granted.version });
  },
  { resource: "invoices/{id}" },
);

/** A layout of Next, which knows the headers of its request. */
export const document = async (headers: Headers) => [await permissions.documentOf(headers), await permissions.documentOf(new Request("https://app.example"))];

interface OwnRequest extends Request {
  readonly cookies: { get(name: string): { value: string } | undefined };
}
const owner = forNext(createBackend<OwnRequest>({ identify: (_, { cookies }) => ({ subject: String(cookies.get("session")?.value) }), load }));
export const own = (request: OwnRequest) => owner.documentOf(request);
// @ts-expect-error `identify` reads the request's cookies, and headers alone do not have them
export const alone = (headers: Headers) => owner.documentOf(headers);
