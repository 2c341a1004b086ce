/** The bridge for Express 5: `permgate/backend/express`. */

import type { RequirementOf } from "../names.js";
import type { RegisteredName } from "../register.js";
import type { Backend, Granted, RequireOptions } from "./backend.js";
import { LazyRequest, type NodeRequest, type NodeResponse, send, setHeaders } from "./node.js";
import type { PermissionDocument } from "./options.js";
import type { Parameters } from "./resource.js";
import { PATH, routeOf } from "./routes.js";

/** The part of Express' request that is used here. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl: string;
  readonly params: Parameters;
}

/** The part of Express' response that is used here. */
export interface ExpressResponse extends NodeResponse {
  writeHead: unknown;
}

/** A middleware of Express. */
export type ExpressMiddleware<Req extends ExpressRequest> = (request: Req, response: ExpressResponse, next: (error?: unknown) => void) => void;

/** The functions for an Express application. */
export interface ExpressBridge<Req extends ExpressRequest> {
  /** Answers the document, its long poll and, below it, `/events`; passes everything else on. */
  routes(path?: string): ExpressMiddleware<Req>;
  /** Adds `Permissions-Version` to every response of the API to a signed-in user. */
  version(): ExpressMiddleware<Req>;
  /**
   * Passes a request on only if its sender is granted a requirement.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, options?: RequireOptions<Req>): ExpressMiddleware<Req>;
  /** The sender and their permissions, behind `require` and `version`; null if nobody is signed in. */
  granted(request: Req): Granted | null;
  /**
   * The document of the user who sends a request, for pages that this server renders; null when nobody is signed in.
   *
   * @throws PermgateError `load` when the user or their permissions cannot be loaded
   */
  documentOf(request: Req): Promise<PermissionDocument | null>;
}

/** Marks a response that already gets the version. */
const TELLS = Symbol("permgate");

/** Adapts a back end to Express: `identify(request, req)` and functions for `resource` get Express' own request. */
export function forExpress<Req extends ExpressRequest>(backend: Backend<Req>): ExpressBridge<Req> {
  const lazily = (request: Req, response: ExpressResponse) => new LazyRequest(request, response, request.originalUrl);

  /** The senders of requests for which `version` is used without `require`. */
  const found = new WeakMap<Req, Granted | null>();

  /** Adds the version when the head is written, once, so that a change during the request is included. */
  const take = (response: ExpressResponse & { [TELLS]?: true }, asked: LazyRequest, granted: Granted | null) => {
    if (response[TELLS]) return;
    response[TELLS] = true;
    const { writeHead } = response as { writeHead: (...given: unknown[]) => unknown };
    response.writeHead = (...given: unknown[]) => {
      response.writeHead = writeHead;
      setHeaders(response, backend.headersFor(asked, granted));
      return Reflect.apply(writeHead, response, given);
    };
  };

  return {
    routes(path = PATH) {
      return (request, response, next) => {
        const [asked] = request.originalUrl.split("?");
        const what = routeOf(asked, path);
        if (!what) return next();
        backend.answer(what, lazily(request, response), request).then((answer) => send(response, answer)).catch(next);
      };
    },
    version() {
      return (request, response, next) => {
        const asked = lazily(request, response);
        backend.granted(asked, request).then((granted) => {
          found.set(request, granted);
          take(response, asked, granted);
        }).then(() => next(), next);
      };
    },
    require(requirement, options = {}) {
      backend.checkRequirement(requirement);
      return (request, response, next) => {
        const asked = lazily(request, response);
        backend.admit(requirement, asked, request, options, request.params).then(({ granted, refusal }) => {
          if (refusal) return send(response, refusal);
          take(response, asked, granted);
          return next();
        }).catch(next);
      };
    },
    granted: (request) => backend.admitted(request) ?? found.get(request) ?? null,
    documentOf: (request) => backend.documentOf(new LazyRequest(request, undefined, request.originalUrl), request),
  };
}
