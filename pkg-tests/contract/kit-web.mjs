/** Calls route handlers for the web's `Request`, `{ GET, PUT, … }` by path, from a server of Node.js. */

import { getRequestListener } from "@hono/node-server";

/** `routes` are pairs of a path, in which `[id]` is any segment, and of handlers by method. */
export function toWeb(routes) {
  const patterns = routes.map(([path, handlers]) => [new RegExp(`^${path.replace(/\[(\w+)\]/g, "(?<$1>[^/]+)")}$`), handlers]);
  return getRequestListener(async (request) => {
    const { pathname } = new URL(request.url);
    for (const [pattern, handlers] of patterns) {
      const found = pattern.exec(pathname);
      if (!found) continue;
      const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
      const handler = handlers[request.method];
      return handler ? handler(request, { params: Promise.resolve(params) }) : new Response(null, { status: 405 });
    }
    return new Response(null, { status: 404 });
  });
}
