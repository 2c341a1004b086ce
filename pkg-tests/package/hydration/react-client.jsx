/** Hydrates React's application in the browser. */

import { hydrateRoot } from "react-dom/client";
import { application } from "./react.jsx";

export function hydrate(root, properties) {
  hydrateRoot(root, application(properties, Promise.resolve()), { onRecoverableError: (error) => console.error(`recovered: ${error.message}`) });
}
