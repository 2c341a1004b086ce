/** A program for servers and tests with registered names that must compile; each line below a mark must not. */

import type { Permissions, RegisteredName } from "permgate";
import type { Backend } from "permgate/backend";
import { type ExpressRequest, forExpress } from "permgate/backend/express";
import { type FastifyRequestLike, forFastify } from "permgate/backend/fastify";
import { type HonoContextLike, forHono } from "permgate/backend/hono";
import { forNext } from "permgate/backend/next";
import { PermissionsProvider } from "permgate/next";
import { type Dehydrated, type ServerPermissions, dehydrate, evaluate, serialize } from "permgate/server";
import { type PermissionLocals, followPermissions, guardLoad, handlePermissions, requirePermission } from "permgate/sveltekit";
import { type FakePermissions, fakePermissions } from "permgate/testing";

declare module "permgate" {
  interface Register {
    name: "invoice:view" | "invoice:edit";
  }
}

export function onServer(document: object | null): string {
  const permissions: ServerPermissions = evaluate(document, { dialect: "segments", tenant: "acme", onError: ({ code }) => console.error(code) });
  const granted: boolean = permissions.can("invoice:view & !invoice:edit", "invoices/1");
  // @ts-expect-error a typing error in a name
  permissions.can("invoice:veiw");
  // @ts-expect-error a typing error in one name of several
  permissions.canAll(["invoice:view", "invoice:eddit"]);
  // @ts-expect-error a typing error in a name
  permissions.check("invoice:veiw");
  // @ts-expect-error a typing error in a name
  permissions.require("invoice:view | invoice:eddit");
  const page: Dehydrated = permissions.dehydrate(["invoice:edit", ["invoice:view", "invoices/1"], "invoice:view & role(admin)"]);
  // @ts-expect-error a typing error in a question that is answered ahead
  permissions.dehydrate(["invoice:veiw"]);
  // @ts-expect-error the document is expected, not its promise
  evaluate(Promise.resolve(document)).can(1);
  // @ts-expect-error an unknown dialect
  evaluate(document, { dialect: "dots" });
  // @ts-expect-error `endpoint` is an option for browsers
  evaluate(document, { endpoint: "/api/me/permissions" });
  const other = evaluate<"report:view">(document);
  other.can("report:view");
  // @ts-expect-error the names that were given are not those that are registered
  other.can("invoice:view");
  // @ts-expect-error an evaluation has no `refresh`: it does not change
  permissions.refresh();
  return `${String(granted)} ${serialize(page)} ${serialize(permissions)} ${permissions.script()} ${dehydrate(document).asOf.toFixed()}`;
}

export function inTests(): FakePermissions {
  const permissions = fakePermissions(["invoice:edit", "report:*"], { status: "loading" });
  permissions.can("invoice:view");
  permissions.grant("invoice:view", "invoices/1");
  permissions.setDocument({ permissions: ["invoice:*"], grants: [{ permission: "invoice:edit", resource: "invoices/1", effect: "deny" }] });
  permissions.setStatus("failed");
  // @ts-expect-error a typing error in a name that is granted
  fakePermissions(["invoice:veiw"]);
  // @ts-expect-error a typing error in a name
  permissions.can("invoice:eddit");
  // @ts-expect-error a typing error in a name
  permissions.grant("invoice:eddit");
  // @ts-expect-error a typing error in a name
  permissions.revoke("invoice:eddit");
  // @ts-expect-error a typing error in a name
  permissions.setDocument(["invoice:veiw"]);
  // @ts-expect-error not a status of a fake
  permissions.setStatus("offline");
  // @ts-expect-error not a status of a fake
  fakePermissions([], { status: "idle" });
  const others = fakePermissions<"report:view">(["report:view"]);
  // @ts-expect-error the names that were given are not those that are registered
  others.grant("invoice:view");
  const instance: Permissions = permissions;
  instance.can("invoice:view");
  return permissions;
}

/** What SvelteKit gives hooks and `load` functions. */
interface LoadEvent {
  readonly locals: PermissionLocals;
  readonly params: { readonly id: string };
  depends(name: `${string}:${string}`): void;
}

export function inSvelteKit(event: LoadEvent, permissions: FakePermissions): unknown[] {
  event.locals.permissions.can("invoice:view");
  requirePermission(event, "invoice:view & invoice:edit", { to: "/", signIn: "/sign-in", on: ({ id = "" }) => `invoices/${id}` });
  // @ts-expect-error a typing error in a name
  requirePermission(event, "invoice:veiw");
  // @ts-expect-error `to` is an address, not a status
  requirePermission(event, "invoice:view", { to: 403 });
  // @ts-expect-error the first argument is the request's event
  requirePermission(permissions, "invoice:view");
  const guarded: (event: LoadEvent) => Promise<void> = guardLoad(Promise.resolve(permissions), "invoice:edit", { to: "/" });
  // @ts-expect-error a typing error in a name
  guardLoad(permissions, "invoice:eddit");
  const invalidate = async (name: string) => console.log(name);
  followPermissions(permissions, { invalidate, invalidateAll: async () => undefined });
  followPermissions(permissions, { invalidate, invalidateAll: async () => undefined, dehydrated: () => evaluate(null).dehydrate() });
  // @ts-expect-error the data of another user are loaded again, too
  followPermissions(permissions, { invalidate });
  // @ts-expect-error the hook gets evaluated permissions
  handlePermissions(() => ({ permissions: ["invoice:view"] }));
  return [guarded, handlePermissions(({ locals }: LoadEvent) => (void locals, evaluate(null)))];
}

export function inNext(dehydrated: Dehydrated, permissions: FakePermissions): unknown[] {
  const right = PermissionsProvider({ permissions: () => permissions, dehydrated, bind: true, children: "page" });
  // @ts-expect-error `permissions` is missing
  PermissionsProvider({ dehydrated });
  // @ts-expect-error `dehydrated` is the result of `dehydrate`, not a document
  PermissionsProvider({ permissions, dehydrated: { permissions: ["invoice:view"] } });
  return [right];
}

/** The routes of a back end, whose program registers the names, too. */
interface Routes {
  readonly any: Backend;
  readonly express: Backend<ExpressRequest>;
  readonly fastify: Backend<FastifyRequestLike>;
  readonly hono: Backend<HonoContextLike>;
  readonly next: Backend<Request>;
}

export function inRoutes({ any, express, fastify, hono, next }: Routes, request: Request, name: RegisteredName): unknown[] {
  const answer = async (_: Request, { params }: { readonly params: Promise<{ id: string }> }) => Response.json(await params);
  const inNext = forNext(next);
  // @ts-expect-error a typing error in a name
  any.require("invoice:veiw", request, null);
  // @ts-expect-error a typing error in a name
  forExpress(express).require("invoice:veiw");
  // @ts-expect-error a typing error in a name
  forFastify(fastify).require("invoice:veiw");
  // @ts-expect-error a typing error in a name
  forHono(hono).require("invoice:veiw");
  // @ts-expect-error a typing error in a name
  inNext.require("invoice:view & invoice:eddit", answer);
  // @ts-expect-error a typing error in a name
  inNext.require("invoice:eddit", async (_, { params }) => Response.json((await params)["id"]));
  return [
    any.require("invoice:view", request, null),
    forExpress(express).require("invoice:view | invoice:edit", { resource: "invoices/{id}" }),
    forFastify(fastify).require("invoice:*"),
    forHono(hono).require(name),
    inNext.require("invoice:view & invoice:edit", answer),
    inNext.require("invoice:edit", async (_, { params }) => Response.json((await params)["id"]), { resource: "invoices/{id}" }),
    inNext.require<{ readonly params: Promise<{ id: string }> }>("invoice:edit", answer),
  ];
}
