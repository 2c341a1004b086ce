/** Addresses such as `/p/invoice`: the page that an address names, and navigation without loading the document again. */
import { type Attributes, type Child, element } from "./dom.ts";
import { permissions } from "./permissions.ts";
import type { Scope } from "./scope.ts";

/** What an address means. */
export type Route =
  | { name: "overview" }
  | { name: "page"; key: string }
  | { name: "users"; username?: string }
  | { name: "roles"; role?: string }
  | { name: "audit" }
  | { name: "nowhere" };

const listeners = new Set<() => void>();

/** The route of the present address. */
export function route(): Route {
  const [first, second, third, ...rest] = location.pathname.split("/").filter(Boolean).map(decode);
  if (rest.length > 0) return { name: "nowhere" };
  if (first === undefined) return { name: "overview" };
  if (first === "p" && second !== undefined && third === undefined) return { name: "page", key: second };
  if (first === "admin" && second === "users") {
    return { name: "users", ...(third === undefined ? {} : { username: third }) };
  }
  if (first === "admin" && second === "roles") {
    return { name: "roles", ...(third === undefined ? {} : { role: third }) };
  }
  if (first === "admin" && second === "audit" && third === undefined) return { name: "audit" };
  return { name: "nowhere" };
}

/** Goes to another page of the application. */
export function navigate(path: string): void {
  if (path !== location.pathname) history.pushState(null, "", address(path));
  // Where there is a Navigation API, permgate listens to it.
  if (!("navigation" in window)) permissions.notifyNavigation();
  for (const tell of listeners) tell();
}

/** Calls back whenever the address is another one. */
export function watchRoute(scope: Scope, tell: () => void): void {
  listeners.add(tell);
  scope.add(() => listeners.delete(tell));
  scope.listen(window, "popstate", tell);
}

/** A link inside the application. */
export function link(path: string, attributes: Attributes, ...children: Child[]): HTMLAnchorElement {
  const onclick = (event: MouseEvent) => {
    // The browser itself opens other tabs and windows, and downloads files.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(path);
  };
  return element("a", { ...attributes, href: address(path), onclick }, ...children);
}

/** The query (`?ttl=…`, `?push=…`) belongs to the session, not to a page. */
function address(path: string): string {
  return path + location.search;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
