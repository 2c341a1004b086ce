/** The bridge for route handlers of Next.js: `permgate/backend/next`. */

import type { RequirementOf } from "../names.js";
import type { RegisteredName } from "../register.js";
import { toResponse } from "./answers.js";
import type { Backend, Granted, RequireOptions } from "./backend.js";
import type { PermissionDocument } from "./options.js";
import type { Parameters } from "./resource.js";
import type { Route } from "./routes.js";

/** The second argument of a route handler in Next. */
export interface RouteContext {
  readonly params?: Promise<object> | undefined;
}

/** The default for a handler that does not declare its parameters: those of a route without `[...rest]`. */
export interface RouteParameters extends RouteContext {
  readonly params: Promise<Record<string, string>>;
}

/** A route handler that answers. */
export type RouteHandler<Req extends Request> = (request: Req) => Promise<Response>;

/** The functions for the route handlers of a Next application. */
export interface NextBridge<Req extends Request> {
  /** `export const { GET, OPTIONS } = permissions.document` answers the document and its long poll. */
  readonly document: { readonly GET: RouteHandler<Req>; readonly OPTIONS: RouteHandler<Req> };
  /** The same for the stream of server-sent events. */
  readonly events: { readonly GET: RouteHandler<Req>; readonly OPTIONS: RouteHandler<Req> };
  /**
   * The document of the user who sends the request, for layouts, pages and server actions:
   * `evaluate(await permissions.documentOf(await headers()))`. Null when nobody is signed in. `identify` gets a
   * `Request` with these headers; pass Next's own request if `identify` needs it.
   *
   * @throws PermgateError `load` when the user or their permissions cannot be loaded
   */
  documentOf(asked: Req | (Request extends Req ? Headers : never)): Promise<PermissionDocument | null>;
  /**
   * Calls a route handler only for senders who are granted a requirement, and adds `Permissions-Version` to its
   * response. The names are checked unless `Context` is given: then TypeScript infers nothing.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require<Context extends RouteContext = RouteParameters, Text extends string = any>(
    requirement: RequirementOf<Text, RegisteredName>,
    handler: (request: Req, context: Context & { readonly granted: Granted }) => Response | Promise<Response>,
    options?: RequireOptions<Req>,
  ): (request: Req, context: Context) => Promise<Response>;
}

/** Adapts a back end to Next: `identify(request, request)` and functions for `resource` get Next's own request. */
export function forNext<Req extends Request>(backend: Backend<Req>): NextBridge<Req> {
  const route = (what: Route) => {
    const handler: RouteHandler<Req> = async (request) => {
      const response = toResponse(await backend.answer(what, request, request));
      if (what === "events") response.headers.set("Connection", "close"); // why, says `send` of `node.ts`
      return response;
    };
    return { GET: handler, OPTIONS: handler };
  };
  return {
    document: route("document"),
    events: route("events"),
    documentOf(asked) {
      const request = "url" in asked ? asked : (requestWith(asked) as Req);
      return backend.documentOf(request, request);
    },
    require(requirement, handler, options = {}) {
      backend.checkRequirement(requirement);
      return async (request, context) => {
        const parameters = (await context?.params) as Parameters | undefined;
        const { granted, refusal } = await backend.admit(requirement, request, request, options, parameters ?? {});
        if (!granted) return toResponse(refusal);
        const { body, status, statusText, headers } = await handler(request, { ...context, granted });
        // The headers of a fetched response cannot be changed.
        const answer = new Response(body, { status, statusText, headers });
        for (const [name, value] of Object.entries(backend.headersFor(request, granted))) {
          if (name === "Vary") answer.headers.append(name, value);
          else answer.headers.set(name, value);
        }
        return answer;
      };
    },
  };
}

/** A request with the headers of the one for which a page is rendered: Next gives pages nothing else of it. */
function requestWith(headers: Headers): Request {
  const home = `http://${headers.get("host") ?? ""}/`;
  return new Request(URL.canParse(home) ? home : "http://localhost/", { headers: [...headers] });
}
