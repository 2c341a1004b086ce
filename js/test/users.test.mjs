/** Requests and users: no request of one user is sent with the credentials of another, and no answer is shown to another. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { atEnd, opened } from "./opened.mjs";
import { document, serve, token } from "./server.mjs";

const of = (sub, jti) => token({ sub, jti });

/** The claims of the token in a request. */
function bringer({ headers }) {
  const bearer = headers.authorization?.slice("Bearer ".length);
  return bearer ? { bearer, ...JSON.parse(Buffer.from(bearer.split(".")[1], "base64url")) } : {};
}

/** A server that refuses some tokens, and an instance; `subjects` are the subjects of the application's requests. */
async function page(options) {
  const refused = new Set();
  const subjects = [];
  const answer = (request) => {
    const { bearer, sub } = bringer(request);
    if (request.url !== "/permissions") subjects.push(sub);
    if (!bearer || refused.has(bearer)) return { status: 401 };
    return request.url === "/permissions" ? document(1, ["a"], { subject: sub }) : {};
  };
  const { server, permissions, errors } = await opened(answer, options);
  await permissions.whenReady();
  return { permissions, refused, subjects, errors, api: `${server.origin}/api` };
}

/** A request to the application for new credentials, which a test answers. */
function dialog() {
  const question = withResolvers();
  const isOpen = withResolvers();
  const ask = () => {
    isOpen.resolve();
    return question.promise;
  };
  return { ask, isOpen: isOpen.promise, answer: question.resolve };
}

function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

for (const [what, leave, expected] of [
  ["another user has signed in meanwhile", (permissions) => permissions.setToken(of("u-2", "1")), "u-2"],
  ["the user has signed out meanwhile", (permissions) => permissions.signOut(), undefined],
]) {
  test(`an answer of a sign-in dialog is ignored if ${what}`, async () => {
    const { ask, isOpen, answer } = dialog();
    const { permissions, refused, subjects, api } = await page({ token: of("u-1", "1"), onUnauthenticated: ask });
    refused.add(of("u-1", "1"));
    const first = permissions.fetch(api, { method: "POST", body: "of u-1" });
    await isOpen;
    leave(permissions);
    assert.equal((await first).status, 401);
    answer(of("u-1", "2"));
    await permissions.whenReady();
    await permissions.fetch(api);
    assert.deepEqual(subjects, ["u-1", expected]);
  });
}

test("a request is not sent again if the token function returns a token of another user", async () => {
  const tokens = [];
  let current = of("u-1", "1");
  const { permissions, refused, subjects, api } = await page({ token: async () => tokens.shift() ?? current });
  refused.add(of("u-1", "1"));
  // One token for the request, and one for the load that decides on it.
  tokens.push(of("u-1", "1"), of("u-1", "2"));
  current = of("u-2", "1");
  const { status } = await permissions.fetch(api, { method: "POST", body: "of u-1" });
  assert.equal(status, 401);
  assert.deepEqual(subjects, ["u-1"]);
});

test("a token of another user that is returned for a request ends the set of the first user at once", async () => {
  let current = of("u-1", "1");
  const { permissions, subjects, api } = await page({ token: () => current });
  assert.ok(permissions.can("a"));
  current = of("u-2", "1");
  const request = permissions.fetch(api);
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(permissions.can("a"), false);
  await request;
  assert.deepEqual(subjects, ["u-2"]);
  await permissions.whenReady();
  assert.equal(permissions.snapshot().subject, "u-2");
});

test("values that are not tokens change nothing", async () => {
  const { permissions, errors, subjects, api } = await page({ token: async () => ({ access: "x" }) });
  await permissions.fetch(api);
  assert.deepEqual(subjects, [undefined]);
  assert.ok(errors.every((code) => code === "token-provider"), `${errors}`);
  assert.equal(permissions.status, "failed");
});

test("a request that is aborted while its token is awaited ends at once", async () => {
  let isSlow = false;
  const never = new Promise(() => undefined);
  const { permissions, api } = await page({ token: async () => (isSlow ? never : of("u-1", "1")) });
  isSlow = true;
  const controller = new AbortController();
  const request = permissions.fetch(api, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(request, { message: "enough" });
});

for (const [what, tokenOf, options] of [
  ["whose `sub` is an integer", (n) => token({ sub: 17, jti: `${n}` })],
  ["named by `subjectClaim`", (n) => token({ user: { id: "17" }, jti: `${n}` }), { subjectClaim: "/user/id" }],
  ["without a subject", (n) => token({ user_id: "17", jti: `${n}` })],
  ["that is opaque", (n) => `opaque-${n}`],
  ["from a function", (n) => () => token({ sub: "17", jti: `${n}` })],
  ["from another function whose tokens do not name a user", (n) => () => `opaque-${n}`],
]) {
  test(`F64 a renewed token ${what} neither hides the page nor loses a refused request`, async () => {
    const plain = (n) => [tokenOf(n)].map((one) => (typeof one === "function" ? one() : one))[0];
    let good = plain(1);
    const server = await serve(({ headers, url }) =>
      headers.authorization !== `Bearer ${good}` ? { status: 401 } : url === "/permissions" ? document(1, ["a"], { subject: "17" }) : {},
    );
    let mine = plain(1);
    const permissions = await createPermissions({
      endpoint: `${server.origin}/permissions`,
      guard: { origins: [server.origin] },
      token: typeof tokenOf(1) === "function" ? () => mine : mine,
      onUnauthenticated: () => (mine = good),
      ...options,
    });
    atEnd(server.close, () => permissions.dispose());
    await permissions.whenReady();
    good = plain(2);
    assert.equal((await permissions.fetch(`${server.origin}/api`, { method: "POST", body: "of 17" })).status, 200);
    const hidden = [];
    permissions.subscribe(() => permissions.can("a") || hidden.push(permissions.status));
    good = plain(3);
    permissions.setToken(tokenOf(3));
    assert.equal(permissions.can("a"), true);
    assert.equal(await permissions.refresh(), "fresh");
    assert.equal(permissions.can("a"), true);
    assert.deepEqual(hidden, []);
  });
}

test("F64 setting the same token function again keeps the set", async () => {
  const same = () => of("u-1", "1");
  const { permissions } = await page({ token: same });
  permissions.setToken(same);
  assert.equal(permissions.can("a"), true);
  assert.equal(await permissions.refresh(), "fresh");
});

test("F64 a `subjectClaim` that is not a path is refused", async () => {
  for (const subjectClaim of ["user_id", "", [], 7, [7]]) {
    const promise = createPermissions({ token: () => "t", endpoint: "http://127.0.0.1:1/", subjectClaim });
    await assert.rejects(promise, { code: "invalid-option" }, JSON.stringify(subjectClaim));
  }
});

test("a function that the module calls may throw: the module goes on, and nothing has crashed", async (t) => {
  globalThis.document = {};
  t.after(() => delete globalThis.document);
  const server = await serve(() => document(1, ["a"]));
  t.after(() => server.close());
  const permissions = await createPermissions({ endpoint: `${server.origin}/permissions` });
  const errors = [];
  permissions.on("error", ({ code }) => errors.push(code));
  await permissions.whenReady();
  const postMessage = t.mock.method(BroadcastChannel.prototype, "postMessage", () => {
    throw new Error("no messages today");
  });
  permissions.invalidate();
  await permissions.refresh();
  assert.deepEqual([permissions.status, permissions.can("a")], ["fresh", true]);
  permissions.signOut();
  assert.deepEqual([permissions.status, permissions.can("a"), errors], ["unauthenticated", false, []]);
  assert.ok(postMessage.mock.callCount() >= 2, "messages to other tabs");
  permissions.dispose();
});
