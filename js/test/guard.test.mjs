/** Guarded requests against a real server: when the application is asked for credentials, and which requests wait and are sent again. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { atEnd, opened } from "./opened.mjs";
import { document, serve, token } from "./server.mjs";

const OLD = token({ sub: "u-1", jti: "old" });
const NEW = token({ sub: "u-1", jti: "new" });
const OTHER = token({ sub: "u-2" });

/** A promise with the function that resolves it. */
function later() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

/**
 * A server whose endpoint and API accept some tokens only, and an instance that has the old token.
 * `answers` decide on other paths.
 */
async function page({ good = [NEW], answers = {}, ...options }) {
  const accepted = new Set(good);
  const answer = (request) => {
    const [path] = request.url.split("?");
    if (answers[path]) return answers[path](request);
    const bearer = request.headers.authorization?.slice("Bearer ".length);
    if (!accepted.has(bearer)) return { status: 401, headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } };
    const { sub } = JSON.parse(Buffer.from(bearer.split(".")[1], "base64url"));
    return path === "/permissions" ? document(1, ["a"], { subject: sub }) : { body: path };
  };
  accepted.add(OLD);
  const { server, permissions, errors } = await opened(answer, { token: OLD, ...options });
  await permissions.whenReady();
  assert.ok(permissions.can("a"));
  if (!good.includes(OLD)) accepted.delete(OLD);
  const count = (path) => server.requests.filter(({ url }) => url.split("?")[0] === path).length;
  return { permissions, server, errors, count, accepted };
}

/** Waits for a condition. */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test("F12 after fifty requests got 401, the application is asked for credentials once, and each request is sent again once", async () => {
  let dialogs = 0;
  const renewal = later();
  const { permissions, server, errors, count } = await page({
    onUnauthenticated: () => {
      dialogs += 1;
      return renewal.promise;
    },
  });
  const all = Promise.all(Array.from({ length: 50 }, () => permissions.fetch(`${server.origin}/api`, { method: "POST", body: "x" })));
  await until(() => count("/api") === 50 && dialogs > 0);
  assert.equal(permissions.can("a"), false);
  renewal.resolve(NEW);
  for (const response of await all) assert.equal(await response.text(), "/api");
  assert.equal(dialogs, 1);
  assert.equal(count("/api"), 100);
  assert.deepEqual(errors, []);
  assert.ok(permissions.can("a"));
});

test("F12 with a token function that renews by itself, the application is not asked", async () => {
  let current = OLD;
  const { permissions, server, count } = await page({ token: () => current, onUnauthenticated: () => assert.fail("asked") });
  current = NEW;
  const responses = await Promise.all(Array.from({ length: 50 }, () => permissions.fetch(`${server.origin}/api`)));
  assert.ok(responses.every(({ status }) => status === 200));
  assert.ok(count("/api") <= 100);
  assert.ok(permissions.can("a"));
});

test("F12 without a token, refused requests are sent again when `onUnauthenticated` returns", async () => {
  let accepted = "1";
  let sent = "1";
  const server = await serve(({ url, headers }) => {
    if (headers["x-session"] !== accepted) return { status: 401 };
    return url === "/permissions" ? document(1, ["a"]) : {};
  });
  atEnd(server.close);
  const { fetch } = globalThis;
  atEnd(() => void (globalThis.fetch = fetch));
  // Send cookies as a browser does.
  globalThis.fetch = (...call) => {
    const request = new Request(...call);
    request.headers.set("X-Session", sent);
    return fetch(request);
  };
  const permissions = await createPermissions({
    endpoint: `${server.origin}/permissions`,
    guard: { origins: [server.origin] },
    onUnauthenticated: () => void (sent = accepted),
  });
  atEnd(() => permissions.dispose());
  await permissions.whenReady();
  accepted = "2";
  const body = new URLSearchParams("a=1");
  assert.equal((await permissions.fetch(`${server.origin}/api`, { method: "POST", body })).status, 200);
  assert.equal(server.requests.at(-1).headers["content-length"], "3");
  assert.ok(permissions.can("a"));
});

test("F13 a 401 to an old token that comes after the renewal starts no second renewal", async () => {
  let dialogs = 0;
  const slow = later();
  const { permissions, server, count } = await page({
    answers: {
      "/late": ({ headers }) =>
        headers.authorization === `Bearer ${NEW}` ? { body: "yes" } : slow.promise.then(() => ({ status: 401 })),
    },
    onUnauthenticated: () => {
      dialogs += 1;
      return NEW;
    },
  });
  const late = permissions.fetch(`${server.origin}/late`);
  await until(() => count("/late") === 1);
  assert.equal((await permissions.fetch(`${server.origin}/api`)).status, 200);
  const loads = count("/permissions");
  slow.resolve();
  assert.equal(await (await late).text(), "yes");
  assert.equal(dialogs, 1);
  assert.equal(count("/permissions"), loads);
});

test("F14 a replay that gets 401, too, is not sent again, nothing is granted, and there is one event", async () => {
  let dialogs = 0;
  const { permissions, server, errors, count } = await page({
    answers: { "/api": () => ({ status: 401, body: "no" }) },
    onUnauthenticated: () => {
      dialogs += 1;
      return NEW;
    },
  });
  const response = await permissions.fetch(`${server.origin}/api`);
  assert.equal(await response.text(), "no");
  assert.equal(count("/api"), 2);
  assert.equal(dialogs, 1);
  assert.deepEqual(errors, ["unauthenticated"]);
  assert.equal(permissions.status, "unauthenticated");
  assert.equal(permissions.can("a") || permissions.can("!a"), false);
});

test("F15 a sign-in that is refused through the guard returns at once, and the application is not asked again", async () => {
  let dialogs = 0;
  const statuses = [];
  const { permissions, server, count } = await page({
    answers: { "/login": () => ({ status: 401 }) },
    onUnauthenticated: async () => {
      dialogs += 1;
      statuses.push((await permissions.fetch(`${server.origin}/login`, { method: "POST" })).status);
      statuses.push((await permissions.fetch(`${server.origin}/login`, { method: "POST" })).status);
      return null;
    },
  });
  assert.equal((await permissions.fetch(`${server.origin}/api`)).status, 401);
  assert.deepEqual(statuses, [401, 401]);
  assert.equal(dialogs, 1);
  assert.deepEqual([count("/login"), count("/api")], [2, 1]);
  assert.equal(permissions.status, "unauthenticated");
});

test("F15 if the renewal fails, the waiting requests return their 401", async () => {
  const { permissions, server, errors } = await page({
    onUnauthenticated: () => Promise.reject(new Error("the dialog is closed")),
  });
  const responses = await Promise.all([1, 2, 3].map(() => permissions.fetch(`${server.origin}/api`)));
  assert.deepEqual(responses.map(({ status }) => status), [401, 401, 401]);
  assert.equal(errors.length, 1);
});

test("F15 a refusal of the application's own request to the endpoint does not empty the set", async () => {
  const { permissions, server } = await page({ good: [OLD] });
  const url = `${server.origin}/permissions?wait=25`;
  assert.equal((await permissions.fetch(url, { headers: { Authorization: "Basic x" } })).status, 401);
  assert.ok(permissions.can("a"));
});

test("F16 after a hundred 403, there is one load, and no decision changes meanwhile", async () => {
  const { permissions, server, count } = await page({ good: [OLD], answers: { "/api": () => ({ status: 403 }) } });
  const decisions = new Set();
  permissions.subscribe(() => decisions.add(permissions.can("a")));
  for (let round = 0; round < 100; round += 1) {
    assert.equal((await permissions.fetch(`${server.origin}/api`)).status, 403);
    decisions.add(permissions.can("a"));
  }
  assert.deepEqual([...decisions], [true]);
  assert.equal(count("/api"), 100);
  assert.equal(count("/permissions"), 2);
});

test("F17 challenges for a step-up and for a nonce do not count as a refusal of the credentials", async () => {
  let challenge = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"';
  const { permissions, server, errors, count } = await page({
    good: [OLD],
    answers: { "/api": () => ({ status: 401, headers: { "WWW-Authenticate": challenge } }) },
    onUnauthenticated: () => assert.fail("asked"),
  });
  const events = [];
  permissions.on("stepUp", (event) => events.push(event));
  assert.equal((await permissions.fetch(`${server.origin}/api`)).status, 401);
  assert.deepEqual(events, [{ acrValues: "gold", maxAgeSeconds: 60, scope: null }]);
  challenge = 'DPoP error="use_dpop_nonce"';
  assert.equal((await permissions.fetch(`${server.origin}/api`)).status, 401);
  assert.equal(events.length, 1);
  assert.ok(permissions.can("a"));
  assert.deepEqual(errors, []);
  assert.deepEqual([count("/api"), count("/permissions")], [2, 1]);
});

test("F19 a request with a stream as its body is not sent again, and the application gets the 401", async () => {
  const { permissions, server, count } = await page({ onUnauthenticated: () => NEW });
  const body = new Blob(["x"]).stream();
  assert.equal((await permissions.fetch(`${server.origin}/api`, { method: "POST", body, duplex: "half" })).status, 401);
  assert.equal(count("/api"), 1);
  assert.ok(permissions.can("a"));
});

test("when another user signs in, the requests of the first user are not sent again", async () => {
  const { permissions, server, count } = await page({ good: [OTHER], onUnauthenticated: () => OTHER });
  assert.equal((await permissions.fetch(`${server.origin}/api`, { method: "POST", body: "x" })).status, 401);
  assert.equal(count("/api"), 1);
  await permissions.whenReady();
  assert.equal(permissions.snapshot().subject, "u-2");
});

test("waiting requests return their 401 when the user signs out, and when the instance is disposed of", async () => {
  for (const end of ["signOut", "dispose"]) {
    const renewal = later();
    let asked = false;
    const { permissions, server } = await page({
      onUnauthenticated: () => {
        asked = true;
        return renewal.promise;
      },
    });
    const request = permissions.fetch(`${server.origin}/api`);
    await until(() => asked);
    permissions[end]();
    assert.equal((await request).status, 401);
    renewal.resolve(NEW);
  }
});

test("the first requests, sent before the token function has answered, have the token", async () => {
  const server = await serve(({ url }) => (url === "/permissions" ? document(1, ["a"]) : {}));
  const permissions = await createPermissions({
    endpoint: `${server.origin}/permissions`,
    token: () => new Promise((resolve) => setImmediate(resolve, OLD)),
    guard: { origins: [server.origin] },
  });
  atEnd(server.close, () => permissions.dispose());
  await permissions.fetch(`${server.origin}/api`);
  const { headers } = server.requests.find(({ url }) => url === "/api");
  assert.equal(headers.authorization, `Bearer ${OLD}`);
});

test("a patched fetch is guarded until the instance is disposed of, and our own requests are not guarded", async () => {
  const { fetch } = globalThis;
  let current = OLD;
  const server = await serve(({ url, headers }) => {
    if (url === "/token") return { body: current };
    if (headers.authorization !== `Bearer ${current}`) return { status: 401 };
    return url === "/permissions" ? document(1, ["a"]) : {};
  });
  const permissions = await createPermissions({
    endpoint: `${server.origin}/permissions`,
    // The token function fetches through the patch, too, and must not wait for itself (F15).
    token: async () => (await globalThis.fetch(`${server.origin}/token`)).text(),
    guard: { origins: [server.origin], patch: ["fetch"] },
  });
  atEnd(server.close, () => permissions.dispose());
  await permissions.whenReady();
  assert.notEqual(globalThis.fetch, fetch);
  const old = permissions.ticket();
  assert.equal((await globalThis.fetch(`${server.origin}/api`)).status, 200);
  current = NEW;
  assert.equal((await globalThis.fetch(`${server.origin}/api`, { headers: { Authorization: "Basic x" } })).status, 401);
  await permissions.whenReady();
  assert.ok(permissions.ticket() > old);
  permissions.dispose();
  assert.equal(globalThis.fetch, fetch);
});

test("observe evaluates responses of other HTTP clients as fetch does", async () => {
  let dialogs = 0;
  const { permissions, server } = await page({
    onUnauthenticated: () => {
      dialogs += 1;
      return NEW;
    },
  });
  const url = `${server.origin}/api`;
  const answered = (status) => ({ url, status, headers: {} });
  const ticket = permissions.ticket();
  const [one, two] = await Promise.all([permissions.observe(answered(401), ticket), permissions.observe(answered(401), ticket)]);
  assert.deepEqual([one, two, dialogs], [true, true, 1]);
  assert.notEqual(permissions.ticket(), ticket);
  assert.equal(await permissions.observe(answered(401), ticket), true);
  assert.equal(await permissions.observe(answered(401), permissions.ticket(), true), false);
  assert.equal(dialogs, 1);
});
