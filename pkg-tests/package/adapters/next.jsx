/** The application for the tests of the provider for Next: `mount` renders it in strict mode, with a router or without. */

import { PermissionsProvider } from "permgate/next";
import { useCan } from "permgate/react";
import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { RouterProvider, inserted } from "./next-navigation.js";

function Edit() {
  return <i id="edit">{String(useCan("invoice:edit"))}</i>;
}

/** Renders the application below a node; gives how often the router was asked to refresh. */
export function mount(target, { hasRouter = true, ...properties }) {
  const counts = { refreshed: 0, inserted };
  const router = hasRouter ? { refresh: () => void (counts.refreshed += 1) } : null;
  const root = createRoot(target);
  const element = (
    <RouterProvider value={router}>
      <PermissionsProvider {...properties}>
        <Edit />
      </PermissionsProvider>
    </RouterProvider>
  );
  flushSync(() => root.render(<StrictMode>{element}</StrictMode>));
  return { counts, unmount: () => flushSync(() => root.unmount()) };
}
