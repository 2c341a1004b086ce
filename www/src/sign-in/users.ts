/** The users that a new database is seeded with. Their passwords are no secret. */

/** A user to sign in as with one click. */
export interface DemoUser {
  username: string;
  name: string;
  does: string;
}

/** All of them; each password is `<username>-demo`. */
export const DEMO_USERS: readonly DemoUser[] = [
  { username: "ada", name: "Ada Lovelace", does: "Administrator: may do everything" },
  { username: "grace", name: "Grace Hopper", does: "Accountant: invoices, payments, ledgers" },
  { username: "linus", name: "Linus Pauling", does: "Warehouse and purchasing" },
  { username: "margaret", name: "Margaret Hamilton", does: "Auditor: sees all, changes nothing" },
  { username: "alan", name: "Alan Turing", does: "Trainee: a few things" },
];

/** Their password. */
export function demoPassword(username: string): string {
  return `${username}-demo`;
}
