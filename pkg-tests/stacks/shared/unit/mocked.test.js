/** The application's tests in a DOM without a browser, with a `fetch` that the test answers itself. */

import { createPermissions } from "permgate";
import { createInvoice, mustLeave, signOut } from "./actions.js";

const GRACE = {
  subject: "u-2",
  version: 1,
  permissions: ["invoice:*"],
  grants: [{ permission: "quote:edit", resource: "quotes/2", effect: "allow" }],
};
const MARKUP = `
  <button id="create" data-permission="invoice:create">Create</button>
  <button id="remove" data-permission="invoice:delete">Remove</button>
  <button id="payroll" data-permission="payroll:view">Payroll</button>
  <table><tbody></tbody></table>`;

const headers = { get: () => null };
const answer = (status, body = {}) => (typeof Response === "function" ? Response.json(body, { status }) : { ok: status < 400, status, headers, json: async () => body, text: async () => JSON.stringify(body) });

/** The answers of the mocked server, which tests change. */
let server;
let requests;
let errors;
let permissions;

/** The names of all granted elements. A DOM without cascade layers cannot tell which are visible. */
const granted = () => [...document.querySelectorAll('[data-permission-state="granted"]')].map(({ id }) => id);

function addRow(number) {
  const row = document.createElement("tr");
  row.setAttribute("data-permission-resource", `quotes/${number}`);
  row.innerHTML = `<td><button id="edit-${number}" data-permission="quote:edit">Edit</button></td>`;
  document.querySelector("tbody").append(row);
}

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

beforeEach(async () => {
  server = { document: GRACE, records: 201 };
  requests = [];
  errors = [];
  globalThis.fetch = async (input, { method = "GET" } = {}) => {
    const { pathname } = new URL(input.url ?? input, location.href);
    requests.push(`${input.method ?? method} ${pathname}`);
    if (pathname.endsWith("/records")) return answer(server.records);
    return server.document === null ? answer(401) : answer(200, server.document);
  };
  document.body.innerHTML = MARKUP;
  for (const number of [1, 2, 3]) addRow(number);
  permissions = await createPermissions({ endpoint: "/api/me/permissions" });
  permissions.on("error", (error) => errors.push(error));
  permissions.bind(document);
  await permissions.whenReady();
});
afterEach(() => permissions.dispose());

test("a relative endpoint is requested by the mocked fetch", () => {
  expect(requests).toEqual(["GET /api/me/permissions"]);
  expect(permissions.status).toBe("fresh");
  expect(errors).toEqual([]);
});

test("three buttons and the rows on resources are shown as granted", () => {
  expect(granted()).toEqual(["create", "remove", "edit-2"]);
});

test("a row that is added later follows its resource", async () => {
  server.document = { ...GRACE, version: 2, grants: [{ permission: "quote:edit", resource: "quotes/4", effect: "allow" }] };
  await permissions.refresh();
  addRow(4);
  await eventually(["create", "remove", "edit-4"], granted);
});

test("can() lets a granted action through, and refuses it after a revocation without a request", async () => {
  expect(await createInvoice(permissions)).toBe("status 201");
  server.document = { ...GRACE, version: 2, denied: ["invoice:create"] };
  await permissions.refresh();
  const before = requests.length;
  expect(await createInvoice(permissions)).toBe("refused");
  expect(requests.length).toBe(before);
});

test("a revocation hides the button and a grant shows it", async () => {
  server.document = { ...GRACE, version: 2, denied: ["invoice:create"] };
  await permissions.refresh();
  await eventually(["remove", "edit-2"], granted);
  server.document = { ...GRACE, version: 3 };
  await permissions.refresh();
  await eventually(["create", "remove", "edit-2"], granted);
});

test("a gated route is left when it is revoked", async () => {
  const left = [];
  permissions.subscribe(() => left.push(mustLeave(permissions, "invoice:view")));
  expect(mustLeave(permissions, "invoice:view")).toBe(false);
  server.document = { ...GRACE, version: 2, denied: ["invoice:view"] };
  await permissions.refresh();
  await eventually(true, () => left.at(-1));
});

test("a revocation that was not pushed is noticed by a 403", async () => {
  server = { document: { ...GRACE, version: 2, denied: ["invoice:create"] }, records: 403 };
  expect(granted()).toContain("create");
  expect(await createInvoice(permissions)).toBe("status 403");
  await eventually(["remove", "edit-2"], granted);
});

test("with a token, requests to relative addresses go through the mocked fetch", async () => {
  const session = await createPermissions({ endpoint: "/api/me/permissions", token: () => "an-opaque-token", tabs: false });
  await session.whenReady();
  expect(await createInvoice(session)).toBe("status 201");
  session.dispose();
});

test("signing out hides everything, and signing in again shows the granted elements", async () => {
  server.document = null;
  await signOut(permissions);
  await eventually([], granted);
  expect(permissions.status).toBe("unauthenticated");
  server.document = GRACE;
  await permissions.refresh();
  await eventually(["create", "remove", "edit-2"], granted);
});
