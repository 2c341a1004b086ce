/** The types of the rights on the server. */

export function rightsOf(cookie: string): Promise<{ create: boolean; payroll: boolean }>;
