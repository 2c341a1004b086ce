/** The names of an application's permissions, said once for all of its code. */

/**
 * Say here which names there are, and every call is checked:
 *
 * ```ts
 * declare module "permgate" {
 *   interface Register { name: "invoice:view" | "invoice:edit" }
 * }
 * ```
 */
export interface Register {}

/** The names that were registered; any string where none were. */
export type RegisteredName = Register extends { readonly name: infer Name extends string } ? Name : string;
