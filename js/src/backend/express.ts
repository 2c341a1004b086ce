/** The bridge for Express 5: `permgate/backend/express`. */

import type { Backend, Granted, RequireOptions } from "./backend.js";
import { LazyRequest, type NodeRequest, type NodeResponse, send, setHeaders } from "./node.js";
import type { Parameters } from "./resource.js";

/** A request of Express, as far as it is used here. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl: string;
  readonly params: Parameters;
}

/** A response of Express, as far as it is used here. */
export interface ExpressResponse extends NodeResponse {
  writeHead: unknown;
}

/** A middleware of Express. */
export type ExpressMiddleware<Req extends ExpressRequest> = (request: Req, response: ExpressResponse, next: (error?: unknown) => void) => void;

/** What an application of Express uses. */
export interface ExpressBridge<Req extends ExpressRequest> {
  /** Answers the document, its long poll and, below it, `/events`; passes everything else on. */
  routes(path?: string): ExpressMiddleware<Req>;
  /** Gives every answer of the API to a signed-in user `Permissions-Version`. */
  version(): ExpressMiddleware<Req>;
  /**
   * Lets only those pass who are granted a requirement.
   *
   * @throws PermgateError `malformed-requirement`
   */
  require(requirement: string, options?: RequireOptions<Req>): ExpressMiddleware<Req>;
  /** Who asks and what they may do, behind `require` and `version`; null where nobody is signed in. */
  granted(request: Req): Granted | null;
}

/** Marks what says the version already. */
const TELLS = Symbol("permgate");

/** What a back end is for Express: `identify(request, req)` and functions for `resource` get Express' own request. */
export function forExpress<Req extends ExpressRequest>(backend: Backend<Req>): ExpressBridge<Req> {
  const lazily = (request: Req, response: ExpressResponse) => new LazyRequest(request, response, request.originalUrl);

  /** Who asks where `version` stands, and nothing is required. */
  const found = new WeakMap<Req, Granted | null>();

  /** Says the version when the head is written, once: a change during the request counts. */
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
    routes(path = "/api/me/permissions") {
      return (request, response, next) => {
        const [asked] = request.originalUrl.split("?");
        const what = asked === path ? "document" : asked === `${path}/events` ? "events" : undefined;
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
  };
}
