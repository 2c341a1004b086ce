/** React Router in memory, for tests in jsdom: a page with loaders that run again on changes, and routes that are guarded by component. */

import { PermissionsProvider } from "permgate/react";
import { PermissionRoute, permissionMiddleware, useRevalidateOnChange } from "permgate/react-router";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Outlet, RouterProvider, createMemoryRouter, useRouteError } from "react-router";

export { permissionMiddleware };

function Layout() {
  useRevalidateOnChange();
  return <Outlet />;
}

const Failed = () => <p id="failed">{useRouteError().status}</p>;

/** Starts the application at a path; gives the router, and how often the loader of the page has run. */
export function start(target, { permissions, path, guard }) {
  const counts = { loads: 0 };
  const loader = () => {
    counts.loads += 1;
    return null;
  };
  const page = <PermissionRoute do="invoice:view" {...guard} />;
  const router = createMemoryRouter(
    [
      {
        Component: Layout,
        children: [
          { path: "/", element: <p id="home" /> },
          { path: "/sign-in", element: <p id="sign-in" /> },
          { path: "/counted", loader, element: <p id="counted" /> },
          { path: "/loaded", middleware: [permissionMiddleware(permissions, "invoice:view", { to: "/" })], loader, element: <p id="loaded" />, errorElement: <Failed /> },
          { path: "/other", middleware: [permissionMiddleware(permissions, "invoice:view", { to: "/" })], loader, element: <p id="other" /> },
          { element: page, children: [{ path: "/page", element: <p id="page" /> }] },
        ],
      },
    ],
    { initialEntries: ["/", path], initialIndex: 1 },
  );
  const root = createRoot(target);
  flushSync(() => root.render(<PermissionsProvider permissions={permissions}><RouterProvider router={router} /></PermissionsProvider>));
  return { router, counts, unmount: () => (flushSync(() => root.unmount()), router.dispose()) };
}
