/** Parses and compares addresses as `fetch` does. */

/** An address without its query, and the parameters that its query must have. */
export interface Place {
  readonly at: string;
  readonly query: readonly (readonly [string, string])[];
}

/** The placeholder for the tenant in an address; a `URL` object encodes its braces. */
export const TENANT = /\{tenant\}|%7Btenant%7D/;

/**
 * An address for a tenant: in its placeholder, else as a query parameter. Undefined if there is a placeholder, but no
 * tenant.
 */
export function atTenant(address: string, tenant: string | undefined): string | undefined {
  const [before = "", after] = address.split(TENANT);
  const written = tenant && encodeURIComponent(tenant);
  if (after !== undefined) return written && before + written + after;
  if (!written) return before;
  const [asked = "", ...fragment] = before.split("#");
  return [`${asked}${asked.includes("?") ? "&" : "?"}tenant=${written}`, ...fragment].join("#");
}

/** An address resolved against the base of the document, which may differ from the document's address. */
export function resolved(url: string): URL | undefined {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    return undefined;
  }
}

/** The address that a call of `fetch` goes to. */
export function addressOf(input: RequestInfo | URL): string {
  const { url } = input as Partial<Request>;
  return typeof url === "string" ? url : String(input);
}

/** The part of an address that identifies it; further query parameters do not matter. */
export function place(url: string): Place {
  const { origin, pathname, searchParams } = resolved(url) ?? {};
  return { at: origin === undefined ? "" : `${origin}${pathname}`, query: [...(searchParams ?? [])] };
}

/** Whether an address is one of these places, in which `{tenant}` stands for any one segment. */
export function isAmong(places: readonly Place[], url: string): boolean {
  const asked = place(url);
  return places.some(({ at, query }) => {
    const given = new URLSearchParams(asked.query.map(([key, value]) => [key, value]));
    if (!query.every(([key, value]) => value === "{tenant}" || given.get(key) === value)) return false;
    // `URL` encodes the braces.
    const [before = "", after] = at.split("%7Btenant%7D");
    if (after === undefined) return asked.at === at;
    const tenant = asked.at.slice(before.length, asked.at.length - after.length);
    return asked.at === before + tenant + after && tenant !== "" && !tenant.includes("/");
  });
}
