/** The application's tests in a DOM without a browser, against the running server; the document has the server's address. */

import { createPermissions } from "permgate";
import { createInvoice } from "./actions.js";

const API = process.env.PERMGATE_API;

const granted = () => [...document.querySelectorAll('[data-permission-state="granted"]')].map(({ id }) => id);

/** Waits until `actual` gives what is expected. */
function eventually(expected, actual) {
  const end = Date.now() + 10_000;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const isThere = JSON.stringify(actual()) === JSON.stringify(expected);
      if (!isThere && Date.now() < end) return;
      clearInterval(timer);
      if (isThere) resolve();
      else reject(new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual())}`));
    }, 5);
  });
}

async function call(method, path, token, body) {
  const response = await fetch(API + path, {
    method,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { "Content-Type": "application/json" } : {}),
      // Any revision: no other administrator is at work in a test.
      ...(method === "PUT" ? { "If-Match": "*" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}

const signIn = async (username) => (await call("POST", "/api/session", null, { username, password: `${username}-demo`, mode: "token" })).token;

async function setDenied(ada, permissions) {
  const users = await call("GET", "/api/admin/users", ada);
  const { id, grants } = users.find(({ username }) => username === "grace");
  const others = grants.filter(({ permission }) => !permission.startsWith("invoice:"));
  await call("PUT", `/api/admin/users/${id}/grants`, ada, { grants: [...others, ...permissions.map((permission) => ({ permission, effect: "deny" }))] });
}

test("grants and revocations with and without push, sign-out and sign-in change the elements of the document", async () => {
  expect(location.origin).toBe(API);
  document.body.innerHTML = `
    <button id="create" data-permission="invoice:create">Create</button>
    <button id="remove" data-permission="invoice:delete">Remove</button>
    <button id="payroll" data-permission="payroll:view">Payroll</button>`;
  let token = await signIn("grace");
  const ada = await signIn("ada");
  const common = { endpoint: "/api/me/permissions", token: () => token, tabs: false };
  const permissions = await createPermissions({ ...common, push: { events: "/api/me/permissions/events" } });
  permissions.bind(document);
  await eventually(["create", "remove"], granted);
  expect(await createInvoice(permissions)).toBe("status 201");

  await setDenied(ada, ["invoice:create"]);
  await eventually(["remove"], granted);
  expect(await createInvoice(permissions)).toBe("refused");
  await setDenied(ada, []);
  await eventually(["create", "remove"], granted);

  token = null;
  permissions.signOut();
  await eventually([], granted);
  token = await signIn("grace");
  permissions.setToken(token);
  await eventually(["create", "remove"], granted);
  await setDenied(ada, ["invoice:delete"]);
  await eventually(["create"], granted);
  await setDenied(ada, []);
  permissions.dispose();

  const quiet = await createPermissions({ ...common, push: false });
  quiet.bind(document);
  await eventually(["create", "remove"], granted);
  await setDenied(ada, ["invoice:create"]);
  expect(granted()).toEqual(["create", "remove"]);
  expect(await createInvoice(quiet)).toBe("status 403");
  await eventually(["remove"], granted);
  quiet.dispose();
}, 30_000);
