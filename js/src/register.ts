/** The names of an application's permissions, registered once for all of its code. */

/**
 * Declare the names here, and every call is checked:
 *
 * ```ts
 * declare module "permgate" {
 *   interface Register { name: "invoice:view" | "invoice:edit" }
 * }
 * ```
 */
export interface Register {}

/** The registered names; any string if none are registered. */
export type RegisteredName = Register extends { readonly name: infer Name extends string } ? Name : string;
