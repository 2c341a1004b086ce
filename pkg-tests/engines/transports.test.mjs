/** Each transport of the real server with each kind of credentials: a change is shown, and a lost session empties the page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { call } from "../e2e/oracle.mjs";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { GRACE, GRACE_VIEWS, signIn, signInByToken, stageReal } from "./real.mjs";
import { assertClean, begin, ENDPOINT, EVENTS, run, showsOnly } from "./stage.mjs";

const WAYS = {
  events: { push: { events: EVENTS }, path: EVENTS },
  socket: { push: { socket: "/api/me/permissions/socket" }, path: "/api/me/permissions/socket" },
  poll: { push: { poll: true }, path: `${ENDPOINT}?wait=` },
};

const CREDENTIALS = {
  cookie: async (driver, stage) => {
    await signIn(driver, stage);
    return {};
  },
  token: async (driver, stage) => ({ token: await signInByToken(driver, stage) }),
};

forEachEngine((engine) => {
  for (const [way, { push, path }] of Object.entries(WAYS)) {
    for (const [kind, credentials] of Object.entries(CREDENTIALS)) {
      test(`revocations, grants and the end of the session arrive by ${way} with a ${kind}`, async (t) => {
        const { driver } = engine;
        const stage = await stageReal(t);
        const given = await credentials(driver, stage);
        await begin(driver, { endpoint: ENDPOINT, push, ...given });
        await showsOnly(driver, GRACE);
        await until("the server was asked to push", () => stage.proxy.open(path) === 1);
        // A request is not yet a stream: the server listens to changes before it sends the version.
        const hasVersion = () => run(driver, () => watch.activities.some(({ kind, what }) => kind === "message" && what === "version"));
        if (way !== "poll") await until("the stream said the version", hasVersion);

        await stage.forbid();
        await showsOnly(driver, GRACE_VIEWS);
        await stage.allow();
        await showsOnly(driver, GRACE);
        const { activities } = await run(driver, () => watch);
        assert.deepEqual([...new Set(activities.flatMap(({ transport }) => transport ?? []))], [way]);
        const messages = activities.filter(({ kind }) => kind === "message").map(({ what }) => what);
        assert.ok(messages.includes("version") && messages.length >= 2, `messages: ${messages}`);
        if (way !== "poll") assert.equal(messages.filter((what) => what === "revoked").length, 1);

        await run(
          driver,
          async (token) => {
            const headers = token === null ? {} : { authorization: `Bearer ${token}` };
            const response = await fetch("/api/session", { method: "DELETE", headers });
            if (!response.ok) throw new Error(`the sign-out was answered with ${response.status}`);
          },
          given.token ?? null,
        );
        await showsOnly(driver, []);
        await until("nobody is signed in", () => run(driver, () => permissions.status === "unauthenticated"));
        await until("no transport is open any more", () => stage.proxy.open("/api/") === 0);
        await assertClean(driver);
      });
    }
  }

  test("a user whom the administrator removes loses all permissions at once", async (t) => {
    const { driver } = engine;
    const stage = await stageReal(t);
    await signIn(driver, stage);
    await begin(driver, { endpoint: ENDPOINT, push: { events: EVENTS } });
    await showsOnly(driver, GRACE);
    await until("the stream is open", () => stage.proxy.open(EVENTS) === 1);
    const users = await call(stage.administrator, "GET", "/api/admin/users");
    const { id } = users.find(({ username }) => username === "grace");
    await call(stage.administrator, "DELETE", `/api/admin/users/${id}`);
    await showsOnly(driver, []);
    await until("nobody is signed in", () => run(driver, () => permissions.status === "unauthenticated"));
    await assertClean(driver);
  });
});
