/** The bridge for Hono 4: `permgate/backend/hono`. */

import { toResponse } from "./answers.js";
import type { Backend, Granted, RequireOptions } from "./backend.js";

/** A context of Hono, as far as it is used here. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request; readonly path: string; param(): Record<string, string> };
  header(name: string, value: string, options?: { append?: boolean }): void;
}

/** A middleware of Hono. */
export type HonoMiddleware<Context extends HonoContextLike> = (context: Context, next: () => Promise<void>) => Promise<Response | void>;

/** What an application of Hono uses. */
export interface HonoBridge<Context extends HonoContextLike> {
  /** Answers the document, its long poll and, below it, `/events`; passes everything else on. */
  routes(path?: string): HonoMiddleware<Context>;
  /** Gives every answer of the API to a signed-in user `Permissions-Version`. */
  version(): HonoMiddleware<Context>;
  /**
   * Lets only those pass who are granted a requirement.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require(requirement: string, options?: RequireOptions<Context>): HonoMiddleware<Context>;
  /** Who asks and what they may do, behind `require`; null elsewhere. */
  granted(context: Context): Granted | null;
}

/** What a back end is for Hono: `identify(request, c)` and functions for `resource` get Hono's own context. */
export function forHono<Context extends HonoContextLike>(backend: Backend<Context>): HonoBridge<Context> {
  /** What says the version already. */
  const told = new WeakSet<Context>();

  const setHeaders = (context: Context, granted: Granted | null) => {
    if (told.has(context)) return;
    told.add(context);
    for (const [name, value] of Object.entries(backend.headersFor(context.req.raw, granted))) context.header(name, value, { append: name === "Vary" });
  };

  return {
    routes(path = "/api/me/permissions") {
      return async (context, next) => {
        const asked = context.req.path;
        const what = asked === path ? "document" : asked === `${path}/events` ? "events" : undefined;
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
  };
}
