/** The types of the shared actions. */

import type { Permissions, PermissionsOptions } from "permgate";

export function signIn(permissions: Permissions): Promise<void>;
export function signOut(permissions: Permissions): Promise<void>;
export function createInvoice(permissions: Permissions): Promise<string>;
export function mustLeave(permissions: Permissions, requirement: string): boolean;
export function options(bootstrap?: object): PermissionsOptions;
