/** permgate-server and the back end without a library pass every check that applies to them. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { signInAside } from "../e2e/demo.mjs";
import { call } from "../e2e/oracle.mjs";
import { startServer } from "../e2e/server.mjs";
import { check, command, script } from "./checker.mjs";
import { CONTRACT } from "./description.mjs";

const { backend } = await import(pathToFileURL(join(CONTRACT, "backend.mjs")));
const PAGE_ORIGIN = "https://app.example";
const DOCUMENT = "/api/me/permissions";
const QUICK = ["--within", "10", "--timeout", "20"];

/** Asserts that all requested checks passed. */
function assertPassed({ status, report }, unjudged = []) {
  const others = report.checks.filter(({ id, outcome }) => outcome !== "passed" && outcome !== "not-asked" && !unjudged.includes(id));
  assert.deepEqual(others, []);
  assert.equal(status, 0);
}

test("the back end without a library passes every check that applies to it, by token and by cookie", async (t) => {
  const ada = { subject: "u-1", version: 7, permissions: ["user:edit"] };
  const grace = { subject: "u-2", version: 1, permissions: ["invoice:view", "invoice:edit"] };
  const server = backend(new Map([["ada-token", ada], ["grace-token", grace]]), { origins: [PAGE_ORIGIN], heartbeatMs: 50 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  const change = (permissions) => command(`${origin}/api/users/u-2/permissions`, { method: "PUT", headers: { authorization: "Bearer ada-token" }, body: JSON.stringify(permissions) });
  const args = ["--url", origin + DOCUMENT, "--events", `${origin}${DOCUMENT}/events`, "--origin", PAGE_ORIGIN, ...QUICK, "--heartbeat", "5"];
  const changes = ["--change-with", change(["invoice:view"]), "--restore-with", change(["invoice:view", "invoice:edit"])];
  for (const own of [{ PERMGATE_TOKEN: "grace-token" }, { PERMGATE_COOKIE: "session=grace-token" }]) {
    const env = { ...own, PERMGATE_OTHER_TOKEN: "ada-token" };
    assertPassed(await check([...args, ...changes], { env }));
  }
});

test("permgate-server passes every check with each transport, with routes, CORS and a revocation", async (t) => {
  const server = await startServer(t, ["--origin", PAGE_ORIGIN]);
  const { origin } = server;
  const ada = await signInAside(server, "ada");
  const grace = await signInAside(server, "grace");
  const deny = (effect) => script("grant.mjs", { administrator: ada, username: "grace", permission: "invoice:edit", effect });
  const args = [
    ...["--url", origin + DOCUMENT, "--events", `${origin}${DOCUMENT}/events`, "--socket", `${origin}${DOCUMENT}/socket`, "--poll"],
    ...["--api", `${origin}/api/catalogue`, "--api", `${origin}/api/pages/invoice/records`, "--forbidden", `${origin}/api/admin/users`],
    ...["--origin", PAGE_ORIGIN, ...QUICK, "--change-with", deny("deny"), "--restore-with", deny(null)],
  ];
  assertPassed(await check(args, { env: { PERMGATE_TOKEN: grace.token, PERMGATE_OTHER_TOKEN: ada.token } }), ["socket.foreign"]);
  const answer = await fetch(`${origin}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "grace", password: "grace-demo", mode: "cookie" }),
  });
  const [cookie] = answer.headers.getSetCookie()[0].split(";");
  assertPassed(await check(args, { env: { PERMGATE_COOKIE: cookie } }));
});

test("permgate-server passes every check with packed documents, if the catalogue is given", async (t) => {
  const server = await startServer(t);
  const grace = await signInAside(server, "grace");
  const { id, permissions } = await call(grace, "GET", "/api/catalogue");
  const url = `${server.origin}${DOCUMENT}?packed=1`;
  const env = { PERMGATE_TOKEN: grace.token };
  assertPassed(await check(["--url", url, "--options", JSON.stringify({ catalogue: { id, permissions } })], { env }));
  const { report, status } = await check(["--url", url], { env });
  assert.equal(status, 1);
  assert.match(report.checks.find(({ id }) => id === "document.content").message, /catalogue/);
});
