/** Headers for pages of other origins (WHATWG Fetch, CORS protocol): exact origins, with credentials. */

/** The headers that a page may read. */
const EXPOSED = "ETag, Permissions-Version, WWW-Authenticate, Retry-After";

/** The headers that a page may send in addition to those that it names itself. */
const ALLOWED = ["Authorization", "If-None-Match"];

/** The headers of a response to a page of `origin`; empty if it is not one of the origins. */
export function corsHeaders(origins: readonly string[], origin: string | null): Record<string, string> {
  if (origin === null || !origins.includes(origin)) return {};
  return { "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": EXPOSED };
}

/** The headers of the response to a preflight request, in which the page names its own headers. */
export function preflightHeaders(origins: readonly string[], origin: string | null, named: string | null): Record<string, string> {
  const headers = corsHeaders(origins, origin);
  if (Object.keys(headers).length === 0) return {};
  const own = (named ?? "").split(",").map((name) => name.trim()).filter((name) => /^[\w-]+$/.test(name));
  const allowed = [...ALLOWED, ...own.filter((name) => !ALLOWED.some((known) => known.toLowerCase() === name.toLowerCase()))];
  return { ...headers, "Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": allowed.join(", "), "Access-Control-Max-Age": "600" };
}
