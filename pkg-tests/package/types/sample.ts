/** A program that must compile; each line below `@ts-expect-error` must not. */

import { type Decision, type Snapshot, type Status, PermgateError, createPermissions } from "permgate";

import { type Evaluated, type Identity, createBackend, memoryBus } from "permgate/backend";
import { forExpress } from "permgate/backend/express";
import { forFastify } from "permgate/backend/fastify";
import { forHono } from "permgate/backend/hono";
import { forNext } from "permgate/backend/next";

type Names = "invoice:view" | "invoice:edit" | "archived";

export async function sample(): Promise<void> {
  const permissions = await createPermissions<Names>({ endpoint: "/api/me/permissions", ttlMs: 300_000 });
  const granted: boolean = permissions.can("invoice:view");
  permissions.can("invoice:edit & !archived", "tenants/acme/invoices/42");
  permissions.can("(invoice:view | invoice:edit) & role(admin)");
  permissions.canAll(["invoice:view", "invoice:edit"]);
  const decision: Decision = permissions.check("invoice:edit");
  const snapshot: Snapshot = permissions.snapshot();
  const status: Status = await permissions.whenReady();
  const stop: () => void = permissions.on("error", (error) => error.code === "network");
  permissions.on("change", ({ version }) => version?.toFixed());
  permissions.bind(document).disconnect();
  const response: Response = await permissions.fetch("/api/invoices", { method: "POST" });
  console.log(granted, decision.reason, snapshot.permissions[0], status, stop, response.status);

  // @ts-expect-error a typo in a name
  permissions.can("invoice:veiw");
  // @ts-expect-error a typo in one name of several
  permissions.can("invoice:view & achived");
  // @ts-expect-error a typo in a list
  permissions.canAll(["invoice:view", "invoice:delete"]);
  // @ts-expect-error no such event
  permissions.on("changed", () => {});
  // @ts-expect-error the wrong payload for this event
  permissions.on("status", (status: Snapshot) => status);
  // @ts-expect-error not a requirement
  permissions.can(42);
  // @ts-expect-error a snapshot is read-only
  snapshot.status = "fresh";
  // @ts-expect-error the lists of a snapshot are read-only
  snapshot.permissions.push("invoice:edit");
  // @ts-expect-error a misspelt option
  await createPermissions({ endpont: "/api/me/permissions" });
  // @ts-expect-error `ttlMs` is a number of milliseconds
  await createPermissions({ endpoint: "/api/me/permissions", ttlMs: "5 minutes" });
  // @ts-expect-error internals are not part of the interface
  permissions.tokenIsRead(true);
}

export async function untyped(): Promise<void> {
  const permissions = await createPermissions({ token: async () => null, claims: { path: ["realm_access", "roles"], target: "roles" } });
  permissions.can("anything:goes");
  const text: string = "put together at run time";
  permissions.can(text);
  try {
    permissions.require("invoice:edit");
  } catch (error) {
    if (error instanceof PermgateError && error.code === "permission-denied") console.log(error.message);
    // @ts-expect-error no such code
    if (error instanceof PermgateError && error.code === "denied") console.log(error.message);
  }
}

export async function kit(): Promise<void> {
  const identify = (request: Pick<Request, "headers">): Identity | null => (request.headers.has("cookie") ? { subject: "u-1" } : null);
  const backend = createBackend<Request>({ identify, load: () => ({ version: 1, permissions: ["invoice:view"] }), bus: memoryBus() });
  const granted = await backend.granted(new Request("https://api.example"), new Request("https://api.example"));
  const permissions: Evaluated | undefined = granted?.permissions;
  console.log(permissions?.check("invoice:view").reason, forExpress, forFastify, forHono, forNext(backend).events.GET);
  // @ts-expect-error an evaluation is read-only
  if (permissions) permissions.json = "";
}
