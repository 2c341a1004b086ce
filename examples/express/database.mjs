/** The database: users with permissions and a version, sessions, invoices. */

import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import Database from "libsql";

export function open(file) {
  const db = new Database(file);
  db.exec(`
    CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, salt TEXT NOT NULL, hash TEXT NOT NULL, version INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS permissions (user TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (user, name));
    CREATE TABLE IF NOT EXISTS sessions (secret TEXT PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS invoices (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
  `);
  const hashed = (password, salt) => scryptSync(password, salt, 32).toString("hex");
  const versionOf = db.prepare("SELECT version FROM users WHERE id = ?");
  const permissionsOf = db.prepare("SELECT name FROM permissions WHERE user = ? ORDER BY name");
  const give = db.prepare("INSERT INTO permissions VALUES (?, ?)");

  const store = {
    addUser(id, password, permissions) {
      const salt = randomBytes(16).toString("hex");
      db.prepare("INSERT INTO users VALUES (?, ?, ?, 1)").run(id, salt, hashed(password, salt));
      for (const name of permissions) give.run(id, name);
    },
    /** What permgate loads: read in one transaction, so that version and permissions belong together. */
    document: db.transaction((id) => {
      const user = versionOf.get(id);
      return user && { version: user.version, permissions: permissionsOf.all(id).map(({ name }) => name) };
    }),
    /** Changes a user's permissions, and increases the version in the same transaction; returns the permissions that were taken away. */
    setPermissions: db.transaction((id, names) => {
      const before = permissionsOf.all(id).map(({ name }) => name);
      db.prepare("DELETE FROM permissions WHERE user = ?").run(id);
      for (const name of new Set(names)) give.run(id, name);
      db.prepare("UPDATE users SET version = version + 1 WHERE id = ?").run(id);
      return before.filter((name) => !names.includes(name));
    }),
    signIn(id, password) {
      const user = db.prepare("SELECT salt, hash FROM users WHERE id = ?").get(id);
      const given = hashed(password, user?.salt ?? "");
      if (!user || !timingSafeEqual(Buffer.from(given), Buffer.from(user.hash))) return undefined;
      const secret = randomBytes(32).toString("base64url");
      db.prepare("INSERT INTO sessions VALUES (?, ?, ?)").run(secret, id, Date.now() + 8 * 60 * 60 * 1000);
      return secret;
    },
    session: (secret) => db.prepare("SELECT user, expires FROM sessions WHERE secret = ? AND expires > ?").get(secret, Date.now()),
    signOut: (secret) => db.prepare("DELETE FROM sessions WHERE secret = ?").run(secret),

    invoices: () => db.prepare("SELECT id, title FROM invoices").all().map(({ id, title }) => ({ id, title })),
    addInvoice: (title) => db.prepare("INSERT INTO invoices (title) VALUES (?)").run(title),
  };
  if (!versionOf.get("ada")) {
    store.addUser("ada", "ada-demo", ["user:edit", "invoice:view", "invoice:create"]);
    store.addUser("grace", "grace-demo", ["invoice:view", "invoice:create"]);
    store.addInvoice("Paper");
  }
  return store;
}
