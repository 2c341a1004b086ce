/** The functions that the module may call on an instance. The module holds the host, so the host must not hold the instance, which could never be collected. */

import type { Engine, Host } from "#glue";
import { atTenant } from "./address.js";
import { Asked, type Came } from "./border.js";
import { caught } from "./caught.js";
import type { Credentials } from "./credentials.js";
import type { EarlyRequest } from "./early-request.js";
import { type ErrorCode, PermgateError } from "./errors.js";
import type { Guard } from "./guard.js";
import { policy } from "./options.js";
import { ABORTED, CONDITION, replied, requestOf } from "./reply.js";
import type { Signing } from "./signing.js";
import type { Surroundings } from "./surroundings.js";
import type { Activity, StepUp } from "./types.js";

/** The parts of an instance that its host uses. */
export interface Hosted {
  readonly guard: Guard;
  readonly credentials: Credentials;
  readonly policies: readonly [unknown, unknown];
  readonly signing: Signing;
  /** Tickets below this one belong to a module that crashed. */
  readonly firstTicket: number;
  use(call: (engine: Engine) => void, otherwise: undefined): void;
  ownHeaders(method: string, url: string): Promise<Headers>;
  outdate(): void;
  settled(): void;
  rested(): void;
  report(error: PermgateError): void;
  tell(kind: "stepUp", event: StepUp): void;
  tell(kind: "activity", event: Activity): void;
  published(content: boolean, status: boolean): void;
}

/** A stream of server-sent events connects, but delivers nothing: its address is right. */
const HELD_BACK =
  "`push.events` connects and delivers nothing: a proxy compresses or buffers it; answer with `Cache-Control: no-store, no-transform`, `X-Accel-Buffering: no`";

/** Errors whose message has the address of the endpoint. */
const OF_ENDPOINT = ["http-status", "network", "timeout"];

/** Why an address with a placeholder for the tenant cannot be requested. */
const NO_TENANT = "its address has a place for a tenant, and none is set; call `setTenant`";

/** What an endpoint of another origin must send, so that an unchanged document is not sent again. */
const REFUSED =
  "permgate: the endpoint refuses `If-None-Match` from this origin, and is asked without it from now on; send `Access-Control-Allow-Headers: If-None-Match`, and CORS headers with 304, too, or no `ETag`";

/** Whether a failed request may have been refused because of its condition: the page does not learn why. */
function mayBeRefused({ url, headers, signal }: Request): boolean {
  const { origin } = globalThis;
  return !!origin && new URL(url).origin !== origin && headers.has(CONDITION) && !signal.aborted;
}

/** A host that holds its instance as long as it must be able to notify someone. */
export interface HoldingHost extends Host {
  held: Hosted | undefined;
}

/**
 * The host of an instance, which may have been collected. Its first load takes the requests that were sent before the
 * module was there.
 */
export function hostOf(
  instance: () => Hosted | undefined,
  surroundings: Surroundings,
  endpoint: string,
  credentials: RequestCredentials,
  early: EarlyRequest | undefined,
): HoldingHost {
  const ask = async <Given>(question: (there: Hosted) => Given | Promise<Given>): Promise<Given> => {
    // Not from within the module's own call.
    await undefined;
    const there = instance();
    if (!there) throw new PermgateError("disposed", "nobody holds the instance any more");
    return question(there);
  };
  /** An outcome that has come already is returned; of any other, the module is told when it comes, unless it has crashed by then. */
  const answer = (asked: Asked, question: number, given: Came | Promise<unknown>): Came | undefined => {
    if (Array.isArray(given)) return given as unknown as Came;
    const run = instance()?.firstTicket;
    const told = (isGood: boolean) => (value: unknown) => {
      const there = instance();
      if (there?.firstTicket === run) there?.use((engine) => engine.answered(asked, question, isGood, value), undefined);
    };
    (given as Promise<unknown>).then(told(true), told(false));
    return undefined;
  };
  let controller: AbortController | undefined;
  let isHeldBack = false;
  let isUnconditional = false;
  const send = async (
    { guard, signing, ownHeaders }: Hosted,
    address: string,
    bearer: string | undefined,
    etag: string | undefined,
    signal: AbortSignal,
  ) => {
    const headers = await (early?.headers() ?? ownHeaders("GET", address));
    const request = requestOf(address, headers, bearer, etag, credentials, signal);
    const sent = (one: Request) => signing.sent(one, guard.nativeFetch, ownHeaders);
    if (isUnconditional) request.headers.delete(CONDITION);
    try {
      return await sent(request);
    } catch (cause) {
      if (!mayBeRefused(request)) throw cause;
      const unconditional = new Request(request);
      unconditional.headers.delete(CONDITION);
      const response = await sent(unconditional);
      isUnconditional = true;
      console.warn(REFUSED);
      return response;
    }
  };
  return caught<HoldingHost>({
    held: undefined,
    policies: (question) => {
      const asked = () =>
        ask(({ guard, policies: [catalogue, roles] }) => guard.unwatched(() => Promise.all([policy(catalogue), policy(roles)])));
      return answer(Asked.Policies, question, early?.policies() ?? asked());
    },
    token: (question) =>
      answer(Asked.Token, question, early?.token() ?? ask(({ guard, credentials }) => guard.unwatched(() => credentials.bearer()))),
    renew: (question) =>
      answer(Asked.Renewal, question, ask(({ guard, credentials }) => credentials.renew((call) => guard.renewing(call)))),
    request: (question, tenant, bearer, etag) => {
      const address = atTenant(endpoint, tenant);
      if (address === undefined) return [false, NO_TENANT];
      const { signal } = (controller = new AbortController());
      const taken = etag === undefined ? early?.reply(address, bearer, signal) : undefined;
      return answer(Asked.Document, question, taken ?? ask((there) => replied(send(there, address, bearer, etag, signal))));
    },
    abort: () => controller?.abort(ABORTED),
    renewed: (token) => {
      const there = instance();
      if (there) there.credentials.token = token;
    },
    settled: () => instance()?.settled(),
    stepUp: (acr, maxAge, scope) => {
      const event = { acrValues: acr ?? null, maxAgeSeconds: maxAge ?? null, scope: scope ?? null };
      instance()?.tell("stepUp", event);
    },
    noticed: (kind, what, transport) => {
      const isSilent = what === "silent" && transport === "events";
      if (isSilent) isHeldBack = !surroundings.hasDelivered;
      const words = isSilent && isHeldBack ? { message: HELD_BACK } : {};
      const activity = transport ? { kind, what, transport, ...words } : { kind, what };
      instance()?.tell("activity", activity as Activity);
    },
    ...surroundings.hands(),
    outdated: () => instance()?.outdate(),
    published: (content, status) => instance()?.published(content, status),
    reported: (code, message, element) => {
      const text = code === "no-push" && isHeldBack ? HELD_BACK : message + (OF_ENDPOINT.includes(code) ? ` (${endpoint})` : "");
      instance()?.report(new PermgateError(code as ErrorCode, text, element ? { element } : {}));
    },
    rested: () => instance()?.rested(),
  });
}
