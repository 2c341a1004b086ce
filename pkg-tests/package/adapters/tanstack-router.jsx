/** TanStack Router with guarded routes, and one with a loader. */

import { Link, Outlet, RouterProvider, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { PermissionGuard, PermissionsProvider } from "permgate/react";
import { followPermissions, permissionGuard } from "permgate/tanstack-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

/** Starts the application with an instance, and returns a function that navigates. */
export function start(target, permissions) {
  const root = createRootRoute({ component: () => <><Link id="to-page" to="/page">page</Link><Outlet /></> });
  const route = (path, component, more = {}) => createRoute({ getParentRoute: () => root, path, component, ...more });
  const guard = (requirement, options) => ({ beforeLoad: permissionGuard(permissions, requirement, { to: "/", signIn: "/sign-in", ...options }) });
  const Page = () => (
    <PermissionGuard do="invoice:view" fallback={({ retry }) => <button id="fallback" onClick={retry}>…</button>}>
      <form id="page"><input id="note" /></form>
    </PermissionGuard>
  );
  const SignIn = () => <p id="sign-in">{signIn.useSearch().redirect}</p>;
  const signIn = route("/sign-in", SignIn);
  const mine = route("/mine", () => <p id="mine">{mine.useLoaderData()}</p>, { loader: async () => (await fetch("/data")).text() });
  const router = createRouter({
    routeTree: root.addChildren([
      route("/", () => <p id="home">home</p>),
      signIn,
      mine,
      route("/page", Page, guard("invoice:view")),
      route("/invoices/$id", () => <p id="invoice">invoice</p>, guard("invoice:edit", { on: ({ id }) => `invoices/${id}` })),
      route("/quotes", () => <p id="quotes">quotes</p>, guard("quote:view", { somewhere: true })),
      route("/loaded", () => <p id="loaded">loaded</p>, { ...guard("invoice:view"), errorComponent: ({ error }) => <p id="failed">{error.code}</p> }),
    ]),
  });
  followPermissions(router, permissions);
  createRoot(target).render(<StrictMode><PermissionsProvider permissions={permissions}><RouterProvider router={router} /></PermissionsProvider></StrictMode>);
  return (to) => router.navigate({ to });
}
