/** A page that asks the back end at `?api=` with the token at `#…`, as an application would. */

import { createPermissions } from "/permgate/index.js";

const api = new URLSearchParams(location.search).get("api");
const endpoint = `${api}/api/me/permissions`;
const permissions = await createPermissions({
  endpoint,
  token: location.hash.slice(1),
  push: { events: `${endpoint}/events` },
  guard: { origins: [api] },
});
window.activities = [];
permissions.on("activity", ({ kind, what }) => window.activities.push(`${kind} ${what}`));
permissions.on("error", ({ code, message }) => window.activities.push(`error ${code} ${message}`));
permissions.bind(document);
await permissions.whenReady();
window.permissions = permissions;
