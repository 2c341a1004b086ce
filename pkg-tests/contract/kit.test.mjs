/** The kit passes every check of `permgate contract`, in each framework. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { check, command } from "./checker.mjs";
import { DOCUMENT, EVENTS, FRAMEWORKS, PAGE_ORIGIN, startKit } from "./kit-stage.mjs";

// The checks mostly wait, so they run side by side.
test("the kit passes every check of `permgate contract` in each framework", { concurrency: FRAMEWORKS.length }, async (t) => {
  await Promise.all(FRAMEWORKS.map((framework) => t.test(framework, (t) => passes(t, framework))));
});

async function passes(t, framework) {
  const { origin, errors } = await startKit(t, framework);
  const change = (permissions) => command(`${origin}/api/users/u-2/permissions`, { method: "PUT", headers: { authorization: "Bearer ada-token", "content-type": "application/json" }, body: JSON.stringify(permissions) });
  const args = [
    ...["--url", origin + DOCUMENT, "--events", origin + EVENTS, "--poll", "--api", `${origin}/api/invoices`, "--forbidden", `${origin}/api/users`],
    ...["--origin", PAGE_ORIGIN, "--within", "10", "--timeout", "20", "--heartbeat", "5"],
    ...["--change-with", change(["invoice:view"]), "--restore-with", change(["invoice:view", "invoice:edit"])],
  ];
  const own = framework === "express" ? { PERMGATE_COOKIE: "session=grace-token" } : { PERMGATE_TOKEN: "grace-token" };
  const { status, report } = await check(args, { env: { ...own, PERMGATE_OTHER_TOKEN: "ada-token" } });
  assert.deepEqual(report.checks.filter(({ outcome }) => outcome !== "passed" && outcome !== "not-asked"), []);
  assert.equal(status, 0);
  assert.deepEqual(errors, []);
}

test("the kit can be loaded with `require`", async () => {
  const require = createRequire(import.meta.url);
  const { PermgateError, createBackend } = require("permgate/backend");
  for (const [name, bridge] of [["express", "forExpress"], ["fastify", "forFastify"], ["hono", "forHono"], ["next", "forNext"]]) {
    const backend = createBackend({ identify: () => ({ subject: "u-1" }), load: () => ({ version: 1, permissions: ["a"] }) });
    assert.equal(typeof require(`permgate/backend/${name}`)[bridge](backend).require, "function");
    const request = new Request("https://api.example/");
    assert.equal((await backend.require("a", request, request)).version, 1);
    assert.equal((await backend.require("b", new Request(request), {})).status, 403);
  }
  assert.throws(() => createBackend({}), (error) => error instanceof PermgateError);
});
