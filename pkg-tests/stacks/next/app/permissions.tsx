/** The one instance of a page, made in the browser when the page is there. */

"use client";

import { createPermissions, type Permissions } from "permgate";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { options } from "./actions";

const Context = createContext<Permissions | null>(null);

export function PermissionsProvider({ children }: { children: ReactNode }) {
  const [permissions, setPermissions] = useState<Permissions | null>(null);
  useEffect(() => {
    const made = createPermissions(options());
    made.then((instance) => {
      instance.bind(document);
      setPermissions(instance);
    });
    return () => void made.then((instance) => instance.dispose());
  }, []);
  return <Context value={permissions}>{children}</Context>;
}

const never = () => () => undefined;

/** The instance, and what it holds; both are null on the server and until the page is there. */
export function usePermissions() {
  const permissions = useContext(Context);
  const held = useSyncExternalStore(permissions?.subscribe ?? never, permissions?.snapshot ?? (() => null), () => null);
  return { permissions, held };
}
