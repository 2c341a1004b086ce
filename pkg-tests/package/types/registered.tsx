/** A program with registered names that must compile; each line below a mark must not. */

import { type Permissions, createPermissions } from "permgate";
import { Can, PermissionGuard, PermissionsProvider, requirement, useCan, useCanSomewhere, usePermissions, useSubject } from "permgate/react";
import { PermissionRoute, permissionMiddleware } from "permgate/react-router";
import { permissionGuard } from "permgate/tanstack-router";
import { PermissionGate, permgate, useCan as useCanInVue, useCanSomewhere as useCanSomewhereInVue, useSubject as useSubjectInVue, vCan } from "permgate/vue";
import { guardRoutes } from "permgate/vue-router";
import { PermissionGuard as GuardInSvelte, getPermissions } from "permgate/svelte";
import type { ComponentProps } from "svelte";
import { createRoute } from "@tanstack/react-router";
import { createBrowserRouter } from "react-router";
import { createApp, withDirectives, h } from "vue";
import { type RouteMeta, createRouter, createMemoryHistory } from "vue-router";

declare module "permgate" {
  interface Register {
    name: "invoice:view" | "invoice:edit" | "read all";
  }
}

export const loading: Promise<Permissions> = createPermissions({ endpoint: "/api/me/permissions" });

export async function everywhere(permissions: Permissions): Promise<void> {
  permissions.can("invoice:view & !invoice:edit");
  // @ts-expect-error a typing error in a name
  permissions.can("invoice:veiw");
  const other = await createPermissions<"report:view">({ bootstrap: [] });
  other.can("report:view");
}

/** Said once for many routes. */
const guard = { to: "/", signIn: "/sign-in", fallback: <p>…</p> };

export function Components({ id }: { id: string }) {
  const mayEdit: boolean = useCan("invoice:edit", `invoices/${id}`);
  useCan("invoice:view | role(admin)");
  useCan(requirement("invoice:view & invoice:edit"));
  // @ts-expect-error a typing error in a name
  useCan("invoice:eddit");
  const isListed: boolean = useCanSomewhere("invoice:view");
  // @ts-expect-error a typing error in a name
  useCanSomewhere("invoice:veiw");
  // @ts-expect-error a typing error in one name of several
  requirement("invoice:view & invoice:eddit");
  const user: string | undefined = useSubject();
  // @ts-expect-error nobody may be signed in
  user.length;
  usePermissions()?.signOut();
  // @ts-expect-error the instance may not exist yet
  usePermissions().signOut();
  return (
    <PermissionsProvider permissions={() => loading} bind>
      <Can do="invoice:view & invoice:edit" on={`invoices/${id}`} fallback="no" loading="wait">{String(mayEdit)}</Can>
      {/* @ts-expect-error a typing error in a name */}
      <Can do="invoice:veiw">…</Can>
      <Can do="invoice:view" somewhere>{String(isListed)}</Can>
      {/* @ts-expect-error a typing error in a name */}
      <Can do="invoice:veiw" somewhere>…</Can>
      <PermissionGuard do="invoice:view" somewhere>…</PermissionGuard>
      <PermissionRoute do="invoice:view" somewhere to="/" />
      {/* @ts-expect-error a typing error in a name */}
      <PermissionRoute do="invoice:veiw" somewhere to="/" />
      <PermissionGuard do="invoice:view" fallback={({ status, retry }) => <button onClick={retry}>{status}</button>}>…</PermissionGuard>
      {/* @ts-expect-error a typing error in a name */}
      <PermissionGuard do="invoice:view & invoice:eddit">…</PermissionGuard>
      <PermissionRoute do="invoice:view" to="/" on={({ id }) => `invoices/${id}`} />
      {/* @ts-expect-error a typing error in a name */}
      <PermissionRoute do="invoice:veiw" to="/" />
      {/* @ts-expect-error it must lead somewhere */}
      <PermissionRoute do="invoice:view" />
      <PermissionRoute do="invoice:edit" {...guard} />
      <button data-permission="invoice:edit" data-permission-resource={`invoices/${id}`} data-permission-mode="disable" data-permission-reason="" data-permission-id="1" data-testid="edit">Edit</button>
      <svg data-permission="!invoice:view" data-permission-mode="my-own" />
      <b data-permission="invoice:view | invoice:edit" /><b data-permission="invoice:*" /><b data-permission="role(admin)" /><b data-permission='"read all"' />
      <b data-permission={requirement("invoice:view & invoice:edit")} />
      {/* @ts-expect-error a typing error in a name */}
      <button data-permission="invoice:eddit">Edit</button>
      {/* @ts-expect-error a typing error in a name */}
      <svg data-permission="invoice:veiw" />
      {/* @ts-expect-error a name with a space is quoted */}
      <button data-permission="read all">Edit</button>
      {/* @ts-expect-error a typing error in the attribute */}
      <button data-permissions="invoice:edit">Edit</button>
      {/* @ts-expect-error a typing error in the attribute */}
      <button data-premission="invoice:edit">Edit</button>
    </PermissionsProvider>
  );
}

createBrowserRouter([{ path: "/", middleware: [permissionMiddleware(loading, "invoice:view", { to: "/" })], loader: permissionMiddleware(loading, "invoice:view", { to: "/" }) }]);
permissionMiddleware(loading, "invoice:view", { to: "/", somewhere: true });
// @ts-expect-error a typing error in a name
permissionMiddleware(loading, "invoice:veiw", { to: "/" });

createRoute({ getParentRoute: () => undefined as never, path: "/invoices/$id", beforeLoad: permissionGuard(loading, "invoice:edit", { to: "/", on: ({ id }) => `invoices/${id}` }) });
permissionGuard(loading, "invoice:view", { to: "/", somewhere: true });
// @ts-expect-error a typing error in a name
permissionGuard(loading, "invoice:eddit", { to: "/" });

const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: "/", component: {}, meta: { permission: "invoice:view" } },
    { path: "/both", component: {}, meta: { permission: requirement("invoice:view & invoice:edit"), permissionResource: ({ params }) => `invoices/${String(params["id"])}` } },
    { path: "/list", component: {}, meta: { permission: "invoice:view", permissionSomewhere: true } },
    // @ts-expect-error a typing error in a name
    { path: "/wrong", component: {}, meta: { permission: "invoice:veiw" } },
  ],
});
guardRoutes(router, loading, { to: "/", signIn: { name: "sign-in" } });
export const meta: RouteMeta = { permission: "role(admin)" };
// @ts-expect-error a name with a space is quoted
meta.permission = "read all";
meta.permission = '"read all"';

createApp({}).use(permgate, { permissions: loading, router, to: "/" });

export function inVue(): void {
  const can = useCanInVue();
  can("invoice:view", "invoices/1");
  // @ts-expect-error a typing error in a name
  can("invoice:veiw");
  const mayEdit: { readonly value: boolean } = useCanInVue("invoice:edit", () => "invoices/1");
  // @ts-expect-error a typing error in a name
  useCanInVue("invoice:eddit");
  const canSomewhere = useCanSomewhereInVue();
  canSomewhere("invoice:view");
  // @ts-expect-error a typing error in a name
  canSomewhere("invoice:veiw");
  const isListed: { readonly value: boolean } = useCanSomewhereInVue("invoice:view");
  // @ts-expect-error a typing error in a name
  useCanSomewhereInVue("invoice:veiw");
  const user: { readonly value: string | undefined } = useSubjectInVue();
  // @ts-expect-error nobody may be signed in
  user.value.length;
  // @ts-expect-error the user changes by signing in and out
  useSubjectInVue().value = "grace";
  h(PermissionGate, { do: "invoice:view", somewhere: isListed.value });
  h(PermissionGate, { do: "invoice:view", on: String(mayEdit.value) });
  // @ts-expect-error a typing error in a name
  h(PermissionGate, { do: "invoice:veiw" });
  type Value = Parameters<NonNullable<(typeof vCan)["created"]>>[1]["value"];
  const values: Value[] = ["invoice:view", ["invoice:edit", "invoices/1"], requirement("invoice:view | invoice:edit")];
  // @ts-expect-error a typing error in a name
  values.push("invoice:veiw");
  // @ts-expect-error a typing error in a name
  values.push(["invoice:eddit", undefined]);
  withDirectives(h("a"), [[vCan, values[0]]]);
}

export function inSvelte(): ComponentProps<typeof GuardInSvelte>[] {
  const permissions = getPermissions();
  permissions.can("invoice:view & invoice:edit", "invoices/1");
  // @ts-expect-error a typing error in a name
  permissions.can("invoice:veiw");
  permissions.canSomewhere("invoice:view");
  // @ts-expect-error a typing error in a name
  permissions.canSomewhere("invoice:veiw");
  // @ts-expect-error the instance may not exist yet
  permissions.instance.signOut();
  // @ts-expect-error a typing error in a name
  const wrong: ComponentProps<typeof GuardInSvelte> = { do: "invoice:veiw" };
  return [wrong, { do: "invoice:view", somewhere: true }, { do: "invoice:view", on: "invoices/1" }];
}
