/** TanStack Router in memory, for tests in jsdom: guarded routes with loaders, which are run again on changes. */

import { createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { followPermissions, permissionGuard } from "permgate/tanstack-router";

/** Starts a router without components at a path; gives it, and the pages whose loaders have run. */
export async function start(permissions, path) {
  const loads = [];
  const root = createRootRoute();
  const route = (path, more = {}) => createRoute({ getParentRoute: () => root, path, loader: ({ location }) => void loads.push(location.pathname), ...more });
  const guard = (requirement, options) => ({ beforeLoad: permissionGuard(permissions, requirement, { to: "/", signIn: "/sign-in", ...options }) });
  const router = createRouter({
    history: createMemoryHistory({ initialEntries: [path] }),
    routeTree: root.addChildren([
      route("/"),
      route("/sign-in"),
      route("/other"),
      route("/page", guard("invoice:view")),
      route("/invoices/$id", guard("invoice:edit", { on: ({ id }) => `invoices/${id}` })),
    ]),
  });
  const stops = [router.history.subscribe(router.load), followPermissions(router, permissions)];
  await router.load();
  return { router, loads, stop: () => stops.forEach((stop) => stop()) };
}
