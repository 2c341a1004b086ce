/** The original methods beneath our patches, also beneath those of another copy of this package. */

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export type Method<This> = (this: This, ...given: unknown[]) => unknown;

/** Marks our methods with the methods that they replace. */
export const PATCH = Symbol.for("permgate.patch");

export interface Patch<This> {
  readonly original: Method<This>;
  /** It only passes calls on: it cannot be removed while another method has been put over it. */
  isOver: boolean;
}

export function patchOf<This>(method: unknown): Patch<This> | undefined {
  return (method as { readonly [PATCH]?: Patch<This> } | undefined)?.[PATCH];
}

/** The method beneath all of our patches. */
export function unpatched(method: Fetch): Fetch {
  const { original } = patchOf(method) ?? {};
  return original ? unpatched(original as Fetch) : method;
}
