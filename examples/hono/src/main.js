/** The page: it holds an access token in memory, and shows the tenants whose invoices the user may view. */

import { createPermissions } from "permgate";

const permissions = await createPermissions({
  endpoint: "/api/me/permissions",
  token: null,
  push: { events: "/api/me/permissions/events", poll: true },
  onUnauthenticated: () => {
    document.getElementById("sign-in").hidden = false;
    return null;
  },
});
permissions.bind(document);

for (const section of document.querySelectorAll("section[data-permission]")) {
  const { permission, permissionResource: resource } = section.dataset;
  let wasGranted = false;
  permissions.subscribe(async () => {
    const isGranted = permissions.can(permission, resource);
    const isNew = isGranted && !wasGranted;
    wasGranted = isGranted;
    if (!isNew) return;
    const response = await permissions.fetch(`/api/${resource}`);
    const invoices = response.ok ? await response.json() : [];
    section.querySelector("ul").replaceChildren(...invoices.map((title) => Object.assign(document.createElement("li"), { textContent: title })));
  });
}

document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
  const response = await fetch("/api/token", { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!response.ok) return;
  permissions.setToken((await response.json()).token);
  event.target.hidden = true;
});
document.getElementById("move").addEventListener("click", () =>
  permissions.fetch("/api/users/grace/grants", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ permission: "invoice:view", resource: "tenants/umbrella/*", effect: "allow" }]),
  }),
);
