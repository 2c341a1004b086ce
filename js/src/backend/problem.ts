/** Error responses: problem documents (RFC 9457), in the words of permgate-server. */

import type { Answer } from "./answers.js";

/** An error response. */
export class Problem {
  readonly status: number;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, [kind, title]: readonly [string, string], detail: string, members: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    this.status = status;
    this.kind = kind;
    this.title = title;
    this.detail = detail;
    this.members = members;
    this.headers = headers;
  }

  /** The answer, which must not be cached. */
  answer(): Answer {
    const { status, kind, title, detail, members } = this;
    const headers = { "Content-Type": "application/problem+json", "Cache-Control": "no-store", Vary: "Authorization, Cookie", ...this.headers };
    return { status, headers, body: JSON.stringify({ type: `/problems/${kind}`, title, status, detail, ...members }) };
  }
}

/** 401: the sender is not known, or the credentials are no longer valid. */
export function unauthenticated(detail: string, challenge: string): Problem {
  return new Problem(401, ["unauthenticated", "Sign-in needed"], detail, {}, { "WWW-Authenticate": challenge });
}

/** 403: the requirement is not granted. */
export function forbidden(required: string, reason: string, version: number | null): Problem {
  const members = { required, reason, ...(version === null ? {} : { permissions_version: version }) };
  return new Problem(403, ["forbidden", "Permission needed"], `this needs \`${required}\``, members);
}

/** 500: the back end has a mistake. Details go only to the log, since they may be confidential. */
export function broken(): Problem {
  return new Problem(500, ["permissions-broken", "Permissions cannot be read"], "the permissions cannot be read; the server's log says why");
}

/** 503: trying again in a moment may help. */
export function unavailable(seconds: number): Problem {
  return new Problem(503, ["permissions-unavailable", "Permissions are not available"], "the permissions are not available at the moment; try again", {}, { "Retry-After": String(seconds) });
}

/** 400: the request is not valid. */
export function malformed(detail: string): Problem {
  return new Problem(400, ["malformed-request", "Malformed request"], detail);
}

/** 429: too many streams of one subject. */
export function tooMany(): Problem {
  return new Problem(429, ["too-many-streams", "Too many streams"], "too many streams of this user are open; close some", {}, { "Retry-After": "60" });
}
