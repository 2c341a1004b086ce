/** The bridge for Fastify 5: `permgate/backend/fastify`. */

import type { RequirementOf } from "../names.js";
import type { RegisteredName } from "../register.js";
import type { Backend, Granted, RequireOptions } from "./backend.js";
import { LazyRequest, type NodeRequest, type NodeResponse, send } from "./node.js";
import type { PermissionDocument } from "./options.js";
import type { Parameters } from "./resource.js";
import { PATH, type Route } from "./routes.js";

/** The part of Fastify's request that is used here. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
  readonly originalUrl: string;
  readonly params: unknown;
}

/** The part of Fastify's reply that is used here. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  getHeaders(): object;
  hijack(): unknown;
  send(body?: string): unknown;
}

/** The part of a Fastify application that is used here. */
export interface FastifyAppLike<Req extends FastifyRequestLike> {
  route(options: any): unknown;
  addHook(name: any, hook: any): unknown;
  /** Never set: TypeScript infers the type of requests from it. */
  readonly $request?: Req;
}

/** The functions for a Fastify application. */
export interface FastifyBridge<Req extends FastifyRequestLike> {
  /**
   * A plugin: answers the document, its long poll and, below it, `/events`, and adds `Permissions-Version` to every
   * response of routes that are registered after it.
   */
  plugin(app: FastifyAppLike<Req>, options: { readonly path?: string }): Promise<void>;
  /**
   * A hook for `preHandler`: passes a request on only if its sender is granted a requirement.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, options?: RequireOptions<Req>): (request: Req, reply: FastifyReplyLike) => Promise<unknown>;
  /** The sender and their permissions, behind `require`; null elsewhere. */
  granted(request: Req): Granted | null;
  /**
   * The document of the user who sends a request, for pages that this server renders; null when nobody is signed in.
   *
   * @throws PermgateError `load` when the user or their permissions cannot be loaded
   */
  documentOf(request: Req): Promise<PermissionDocument | null>;
}

/**
 * Adapts a back end to Fastify: `identify(request, fastifyRequest)` and functions for `resource` get Fastify's own
 * request.
 */
export function forFastify<Req extends FastifyRequestLike>(backend: Backend<Req>): FastifyBridge<Req> {
  const lazily = (request: Req, reply: FastifyReplyLike) => new LazyRequest(request.raw, reply.raw, request.originalUrl);

  const setHeaders = (reply: FastifyReplyLike, headers: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(headers)) {
      const before = name === "Vary" ? reply.getHeader(name) : undefined;
      reply.header(name, before === undefined ? value : `${String(before)}, ${value}`);
    }
  };

  /** The routes of the contract add the version themselves. */
  const answered = new WeakSet<Req>();

  const route = (what: Route) => async (request: Req, reply: FastifyReplyLike) => {
    answered.add(request);
    const answer = await backend.answer(what, lazily(request, reply), request);
    if (typeof answer.body !== "function") {
      setHeaders(reply, answer.headers);
      reply.code(answer.status);
      return reply.send(answer.body ?? undefined);
    }
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, String(value));
    reply.hijack();
    return send(reply.raw, answer);
  };

  async function plugin(app: FastifyAppLike<Req>, { path = PATH }: { readonly path?: string }): Promise<void> {
    app.addHook("onSend", async (request: Req, reply: FastifyReplyLike) => {
      if (answered.has(request)) return;
      const asked = lazily(request, reply);
      setHeaders(reply, backend.headersFor(asked, await backend.granted(asked, request)));
    });
    app.route({ method: ["GET", "OPTIONS"], url: path, handler: route("document") });
    app.route({ method: ["GET", "OPTIONS"], url: `${path}/events`, handler: route("events") });
  }

  return {
    // Tells Fastify that the hooks also apply outside the plugin.
    plugin: Object.assign(plugin, { [Symbol.for("skip-override")]: true }),
    require(requirement, options = {}) {
      backend.checkRequirement(requirement);
      return async (request, reply) => {
        const { granted, refusal } = await backend.admit(requirement, lazily(request, reply), request, options, request.params as Parameters);
        if (granted) return undefined;
        answered.add(request);
        setHeaders(reply, refusal.headers);
        reply.code(refusal.status);
        return reply.send(refusal.body as string);
      };
    },
    granted: (request) => backend.admitted(request),
    documentOf: (request) => backend.documentOf(new LazyRequest(request.raw, undefined, request.originalUrl), request),
  };
}
