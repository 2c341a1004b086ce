/** Renders the application, in strict mode as the template does. */

import { PermissionsProvider } from "permgate/react";
import { PermissionRoute } from "permgate/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";
import { Home } from "./Home.tsx";
import { Layout, Page } from "./Layout.tsx";
import { permissions } from "./permissions.ts";

const router = createBrowserRouter([
  {
    Component: Layout,
    children: [
      { path: "/", Component: Home },
      {
        element: <PermissionRoute do="invoice:view" to="/" />,
        children: [{ path: "/invoices", element: <Page testId="page-invoices" text="Invoices" /> }],
      },
      {
        element: <PermissionRoute do="payroll:view" to="/" />,
        children: [{ path: "/payroll", element: <Page testId="page-payroll" text="Payroll" /> }],
      },
    ],
  },
]);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <PermissionsProvider permissions={permissions} bind>
      <RouterProvider router={router} />
    </PermissionsProvider>
  </StrictMode>,
);
