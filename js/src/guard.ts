/** Which responses tell something about permissions, and what. */

import type { Forbidden } from "./types.js";

/** The header that carries the version of the subject's permissions. */
const VERSION_HEADER = "permissions-version";

/** The most of a problem document that is read, in characters. */
const PROBLEM_MAX = 64 * 1024;

/** What a response tells. */
export interface Evidence {
  readonly status: number;
  readonly version: string | undefined;
}

/** Knows whose responses count. */
export class Guard {
  readonly #origins: ReadonlySet<string>;
  readonly #endpoint: string | undefined;

  constructor(origins: readonly string[], endpoint: string | undefined) {
    const own = globalThis.location?.origin;
    // An opaque origin, such as that of a sandboxed frame, is like no other one, nor itself.
    this.#origins = new Set([...origins, ...(own && own !== "null" ? [own] : [])]);
    this.#endpoint = endpoint && resolved(endpoint)?.href;
  }

  /** Whether requests to this address get credentials, and responses from it are believed. */
  trusts(url: string): boolean {
    const { origin } = resolved(url) ?? {};
    return origin !== undefined && this.#origins.has(origin);
  }

  /**
   * What a response tells; undefined when it tells nothing: one of a foreign origin, an opaque one,
   * a redirected one (it says nothing about the address that was asked), or the endpoint's own.
   */
  evidence(response: Response): Evidence | undefined {
    const ignored =
      response.type === "opaque" ||
      response.type === "opaqueredirect" ||
      response.redirected ||
      !this.trusts(response.url) ||
      response.url === this.#endpoint;
    if (ignored) return undefined;
    return {
      status: response.status,
      version: response.headers.get(VERSION_HEADER) ?? undefined,
    };
  }
}

/** The refusal in a 403, for whoever shows it. The response itself stays unread. */
export async function forbidden(response: Response): Promise<Forbidden> {
  const { url } = response;
  const type = response.headers.get("content-type") ?? "";
  if (!/^application\/(problem\+)?json\b/i.test(type)) return { url, problem: null };
  try {
    const text = await response.clone().text();
    const problem: unknown = text.length > PROBLEM_MAX ? null : JSON.parse(text);
    const isObject = typeof problem === "object" && problem !== null && !Array.isArray(problem);
    return { url, problem: isObject ? (problem as Record<string, unknown>) : null };
  } catch {
    return { url, problem: null };
  }
}

function resolved(url: string): URL | undefined {
  try {
    // As `fetch` does it: against the base of the document, which need not be its address.
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    return undefined;
  }
}
