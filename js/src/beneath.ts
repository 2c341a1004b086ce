/** What stands beneath methods of ours, also those of another copy of this package. */

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export type Method<This> = (this: This, ...given: unknown[]) => unknown;

/** Marks our methods with what they stand before. */
export const PATCH = Symbol.for("permgate.patch");

export interface Patch<This> {
  readonly original: Method<This>;
  /** It only passes on: it cannot be taken away while somebody else's method stands before it. */
  isOver: boolean;
}

export function patchOf<This>(method: unknown): Patch<This> | undefined {
  return (method as { readonly [PATCH]?: Patch<This> } | undefined)?.[PATCH];
}

/** What stands beneath methods of ours. */
export function unpatched(method: Fetch): Fetch {
  const { original } = patchOf(method) ?? {};
  return original ? unpatched(original as Fetch) : method;
}
