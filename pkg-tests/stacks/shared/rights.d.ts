/** The types of the rights on the server. */

export function documentOf(cookie: string): Promise<object | null>;
export function rightsOf(cookie: string): Promise<{ create: boolean; payroll: boolean }>;
