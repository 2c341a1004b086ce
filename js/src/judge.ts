/** The side of an instance that its guard uses. */

import { Told, Verdict } from "./border.js";
import type { Credentials } from "./credentials.js";
import type { Judge } from "./guard.js";
import type { Signing } from "./signing.js";
import type { Forbidden } from "./types.js";
import type { UsesEngine } from "./uses.js";

/** The parts of an instance that its judge uses. */
export interface Judged extends UsesEngine {
  readonly credentials: Credentials;
  readonly signing: Signing;
  ownHeaders(method: string, url: string): Promise<Headers>;
  /** Tickets below this one belong to a module that crashed. */
  readonly firstTicket: number;
  readonly listeners: { has(kind: "forbidden"): boolean };
  tell(kind: "forbidden", event: Forbidden): void;
}

/** The judge of an instance. Tickets of a crashed module are older than all tickets of the next one. */
export function judgeOf(instance: Judged): Judge {
  const { credentials } = instance;
  return {
    ticket: () => instance.firstTicket + instance.use((engine) => engine.ticket(), 0),
    observe: (status, version, challenge, ticket, isReplay) => {
      const own = Math.max(0, ticket - instance.firstTicket);
      instance.use((engine) => engine.observe(status, version, challenge, own, isReplay), undefined);
    },
    verdict: (ticket) => {
      const own = ticket - instance.firstTicket;
      return own < 0 ? Verdict.Pass : instance.use((engine) => engine.verdict(own), Verdict.Pass);
    },
    hasToken: () => credentials.token !== null,
    bearer: () => credentials.bearer(),
    signs: () => instance.signing.isAsked,
    headers: (method, url) => (instance.signing.isAsked ? instance.ownHeaders(method, url) : undefined),
    heed: (response, url) => instance.signing.heed(response, url),
    seen: (token) => instance.use((engine) => engine.tell(Told.TokenSeen, token), undefined),
    wantsForbidden: () => instance.listeners.has("forbidden"),
    forbidden: (event) => instance.tell("forbidden", event),
  };
}
