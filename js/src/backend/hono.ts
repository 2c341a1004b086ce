/** The bridge for Hono 4: `permgate/backend/hono`. */

import type { RequirementOf } from "../names.js";
import type { RegisteredName } from "../register.js";
import { toResponse } from "./answers.js";
import type { Backend, Granted, RequireOptions } from "./backend.js";
import type { PermissionDocument } from "./options.js";
import { PATH, routeOf } from "./routes.js";

/** The part of Hono's context that is used here. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request; readonly path: string; param(): Record<string, string> };
  header(name: string, value: string, options?: { append?: boolean }): void;
}

/** A middleware of Hono. */
export type HonoMiddleware<Context extends HonoContextLike> = (context: Context, next: () => Promise<void>) => Promise<Response | void>;

/** The functions for a Hono application. */
export interface HonoBridge<Context extends HonoContextLike> {
  /** Answers the document, its long poll and, below it, `/events`; passes everything else on. */
  routes(path?: string): HonoMiddleware<Context>;
  /** Adds `Permissions-Version` to every response of the API to a signed-in user. */
  version(): HonoMiddleware<Context>;
  /**
   * Passes a request on only if its sender is granted a requirement.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, options?: RequireOptions<Context>): HonoMiddleware<Context>;
  /** The sender and their permissions, behind `require`; null elsewhere. */
  granted(context: Context): Granted | null;
  /**
   * The document of the user who sends a request, for pages that this server renders; null when nobody is signed in.
   *
   * @throws PermgateError `load` when the user or their permissions cannot be loaded
   */
  documentOf(context: Context): Promise<PermissionDocument | null>;
}

/** Adapts a back end to Hono: `identify(request, c)` and functions for `resource` get Hono's own context. */
export function forHono<Context extends HonoContextLike>(backend: Backend<Context>): HonoBridge<Context> {
  /** The contexts that already have the version. */
  const told = new WeakSet<Context>();

  const setHeaders = (context: Context, granted: Granted | null) => {
    if (told.has(context)) return;
    told.add(context);
    for (const [name, value] of Object.entries(backend.headersFor(context.req.raw, granted))) context.header(name, value, { append: name === "Vary" });
  };

  return {
    routes(path = PATH) {
      return async (context, next) => {
        const what = routeOf(context.req.path, path);
        if (!what) return next();
        told.add(context);
        return toResponse(await backend.answer(what, context.req.raw, context));
      };
    },
    version() {
      return async (context, next) => {
        await next();
        if (!told.has(context)) setHeaders(context, await backend.granted(context.req.raw, context));
      };
    },
    require(requirement, options = {}) {
      backend.checkRequirement(requirement);
      return async (context, next) => {
        const { granted, refusal } = await backend.admit(requirement, context.req.raw, context, options, context.req.param());
        if (!granted) {
          told.add(context);
          return toResponse(refusal);
        }
        await next();
        return setHeaders(context, granted);
      };
    },
    granted: (context) => backend.admitted(context),
    documentOf: (context) => backend.documentOf(context.req.raw, context),
  };
}
