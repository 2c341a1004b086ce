/** Addresses, as `fetch` reads and compares them. */

/** An address resolved against the base of the document, which need not be the document's address. */
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

/** An address without its query: with another one, it is the same endpoint. */
export function place(url: string): string {
  const { origin, pathname } = resolved(url) ?? {};
  return origin === undefined ? "" : origin + pathname;
}

/** Whether an address is at one of these places, in which `{tenant}` is any one segment. */
export function isAmong(places: readonly string[], url: string): boolean {
  const asked = place(url);
  return places.some((one) => {
    // As `URL` writes it.
    const [before = "", after] = one.split("%7Btenant%7D");
    if (after === undefined) return asked === one;
    const tenant = asked.slice(before.length, asked.length - after.length);
    return asked === before + tenant + after && tenant !== "" && !tenant.includes("/");
  });
}
