/** React Router with guarded routes: by component, with a resource, and by middleware; and a route with a loader. */

import { PermissionsProvider } from "permgate/react";
import { PermissionRoute, permissionMiddleware, useRevalidateOnChange } from "permgate/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Link, Outlet, RouterProvider, createBrowserRouter, useLoaderData, useLocation, useRouteError } from "react-router";

function Layout() {
  useRevalidateOnChange();
  return (
    <>
      <Link id="to-page" to="/page">page</Link>
      <Outlet />
    </>
  );
}

function Failed() {
  return <p id="failed">{useRouteError().status}</p>;
}

const Page = () => <form id="page"><input id="note" /></form>;
const Loaded = () => <p id="loaded">loaded</p>;
const Mine = () => <p id="mine">{useLoaderData()}</p>;
const SignIn = () => <p id="sign-in">{useLocation().state?.from?.pathname ?? ""}</p>;

/** Starts the application with an instance, and returns a function that navigates. */
export function start(target, permissions) {
  const router = createBrowserRouter([
    {
      Component: Layout,
      children: [
        { path: "/", element: <p id="home">home</p> },
        { path: "/mine", loader: async () => (await fetch("/data")).text(), element: <Mine /> },
        { path: "/sign-in", element: <SignIn /> },
        { element: <PermissionRoute do="invoice:view" to="/" signIn="/sign-in" fallback={({ retry }) => <button id="fallback" onClick={retry}>…</button>} />, children: [{ path: "/page", element: <Page /> }] },
        { path: "/invoices/:id", element: <PermissionRoute do="invoice:edit" on={({ id }) => `invoices/${id}`} to="/"><p id="invoice">invoice</p></PermissionRoute> },
        {
          path: "/quotes",
          middleware: [permissionMiddleware(permissions, "quote:view", { to: "/", somewhere: true })],
          loader: () => null,
          element: <PermissionRoute do="quote:view" somewhere to="/"><p id="quotes">quotes</p></PermissionRoute>,
        },
        {
          path: "/loaded",
          middleware: [permissionMiddleware(permissions, "invoice:view", { to: "/", signIn: "/sign-in" })],
          loader: () => null,
          element: <Loaded />,
          errorElement: <Failed />,
        },
      ],
    },
  ]);
  const element = <PermissionsProvider permissions={permissions}><RouterProvider router={router} /></PermissionsProvider>;
  createRoot(target).render(<StrictMode>{element}</StrictMode>);
  return (path) => router.navigate(path);
}
