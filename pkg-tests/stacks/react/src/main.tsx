/** Renders the application, in strict mode as the template does. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";
import { Home } from "./Home.tsx";
import { Layout, Gated } from "./Layout.tsx";

const router = createBrowserRouter([
  {
    Component: Layout,
    children: [
      { path: "/", Component: Home },
      { path: "/invoices", element: <Gated requirement="invoice:view" testId="page-invoices" text="Invoices" /> },
      { path: "/payroll", element: <Gated requirement="payroll:view" testId="page-payroll" text="Payroll" /> },
    ],
  },
]);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
