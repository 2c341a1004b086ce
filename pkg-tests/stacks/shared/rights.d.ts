/** The types of the rights on the server. */

export function documentOf(cookie: string): Promise<object | null>;
export function whoseAre(cookie: string): Promise<string>;
export function rightsOf(cookie: string): Promise<{ create: boolean; payroll: boolean }>;
