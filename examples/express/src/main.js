/** The page: elements with `data-permission` follow the answers of the server. */

import { createPermissions } from "permgate";

const permissions = await createPermissions({
  endpoint: "/api/me/permissions",
  push: { events: "/api/me/permissions/events", poll: true },
});
permissions.bind(document);

const byId = (id) => document.getElementById(id);
const send = (method, path, body) => permissions.fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

async function showInvoices() {
  const response = await permissions.fetch("/api/invoices");
  const invoices = response.ok ? await response.json() : [];
  byId("invoices").replaceChildren(...invoices.map(({ title }) => Object.assign(document.createElement("li"), { textContent: title })));
}

permissions.watch("invoice:view", ({ outcome }) => outcome === "granted" && showInvoices());
const showSession = () => {
  const isSignedIn = permissions.snapshot().subject !== null;
  byId("sign-in").hidden = isSignedIn;
  byId("sign-out").hidden = !isSignedIn;
};
permissions.on("change", showSession);
permissions.on("status", showSession);

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  // Not by `permissions.fetch`: a wrong password says nothing of permissions.
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
  const response = await fetch("/api/session", { method: "POST", headers: { "content-type": "application/json" }, body });
  if (response.ok) await permissions.refresh();
});
byId("add").addEventListener("click", async () => {
  await send("POST", "/api/invoices", { title: `Invoice of ${permissions.snapshot().subject}` });
  await showInvoices();
});
byId("restrict").addEventListener("click", () => send("PUT", "/api/users/grace/permissions", ["invoice:view"]));
byId("sign-out").addEventListener("click", async () => {
  permissions.signOut(); // first here, then there
  await fetch("/api/session", { method: "DELETE" });
});
