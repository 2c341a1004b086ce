/** The guard by itself: which requests are sent, wait and are sent again, and which responses are evaluated. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Judge, copy } from "./judge.mjs";
import { serve } from "./server.mjs";

const Guard = await copy("one");
const { fetch: native } = globalThis;
const API = "https://api.example/items";

afterEach(() => {
  globalThis.fetch = native;
});

/** A guard before a `fetch` that returns `answer`; `sent` has the calls of `fetch`. */
function guarded(answer, { token = null, ignored } = {}) {
  const judge = new Judge();
  judge.token = token;
  const guard = new Guard(["https://api.example"], ["https://api.example/me"], judge, ignored);
  const sent = [];
  globalThis.fetch = async (...call) => {
    sent.push(call);
    const [input, init] = call;
    const signal = init?.signal ?? input.signal;
    signal?.throwIfAborted();
    const response = await answer(sent.length, ...call);
    const url = input.url ?? String(input);
    // Responses of the network have an address.
    return Object.defineProperty(response, "url", { value: url.split("#")[0] });
  };
  return { guard, judge, sent };
}

const refusal = (headers = {}) => new Response("no", { status: 401, headers });
const authorization = ([input]) => input.headers.get("authorization");

/** Runs all callbacks that are due. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("without a token, the page's own fetch gets the same arguments, at once", async () => {
  const { guard, sent } = guarded(() => new Response());
  const body = new ReadableStream();
  const init = { method: "POST", body, duplex: "half", keepalive: true, signal: new AbortController().signal };
  const response = guard.fetch(API, init);
  assert.equal(sent.length, 1);
  assert.equal(sent[0].length, 2);
  assert.equal(sent[0][0], API);
  assert.equal(sent[0][1], init);
  assert.equal(body.locked, false);
  assert.equal((await response).status, 200);
});

test("requests to foreign origins are passed on unchanged, and their responses are not evaluated", async () => {
  const { guard, judge, sent } = guarded(() => refusal(), { token: "t" });
  for (const input of ["https://other.example/", new Request("https://other.example/"), "blob:https://api.example/1", "/relative"]) {
    assert.equal((await guard.fetch(input)).status, 401);
    assert.equal(sent.at(-1)[0], input);
  }
  assert.deepEqual(judge.observations, []);
});

test("F18 opaque and redirected responses are not evaluated, and do not make a request wait", async () => {
  for (const properties of [{ type: "opaque" }, { type: "opaqueredirect" }, { redirected: true }]) {
    const [[name, value]] = Object.entries(properties);
    const { guard, judge } = guarded(() => Object.defineProperty(refusal(), name, { value }));
    await guard.fetch(API);
    assert.deepEqual(judge.observations, []);
  }
});

test("status, version and challenge of a response are evaluated with the ticket of the credentials that were sent", async () => {
  const headers = { "Permissions-Version": '7;sub="u"', "WWW-Authenticate": "DPoP error=x" };
  const { guard, judge } = guarded(() => new Response("", { status: 403, headers }), { token: "t" });
  judge.now = 5;
  const { status } = await guard.fetch(API);
  assert.equal(status, 403);
  const expected = { status: 403, version: '7;sub="u"', challenge: "DPoP error=x", ticket: 5, isReplay: false };
  assert.deepEqual(judge.observations, [expected]);
});

test("F12 fifty requests that meet 401 wait, and each is sent once more with the new token", async () => {
  const { guard, judge, sent } = guarded((_, request) => (authorization([request]) === "Bearer new" ? new Response("yes") : refusal()), { token: "old" });
  const all = Promise.all(Array.from({ length: 50 }, (_, index) => guard.fetch(`${API}/${index}`)));
  await turn();
  assert.equal(sent.length, 50);
  judge.renewed("new");
  guard.settled();
  for (const response of await all) assert.equal(await response.text(), "yes");
  assert.equal(sent.length, 100);
  assert.equal(new Set(sent.slice(50).map(([{ url }]) => url)).size, 50);
  assert.equal(judge.observations.filter(({ isReplay }) => isReplay).length, 50);
});

test("F13 a 401 to old credentials is sent again at once", async () => {
  let answer;
  const { guard, judge, sent } = guarded((count) => (count === 1 ? new Promise((resolve) => (answer = resolve)) : new Response("yes")), { token: "old" });
  const request = guard.fetch(API);
  await turn();
  judge.renewed("new");
  answer(refusal());
  assert.equal((await request).status, 200);
  assert.deepEqual(sent.map(authorization), ["Bearer old", "Bearer new"]);
  assert.equal(judge.observations[0].ticket, 1);
});

test("F14 the second 401 is returned to the application, and evaluated as that of a replay", async () => {
  const { guard, judge, sent } = guarded(() => refusal(), { token: "old" });
  const request = guard.fetch(API);
  await turn();
  judge.renewed("new");
  guard.settled();
  const response = await request;
  assert.equal(await response.text(), "no");
  assert.equal(sent.length, 2);
  assert.deepEqual(judge.observations.map(({ ticket, isReplay }) => [ticket, isReplay]), [[1, false], [2, true]]);
});

test("if no new credentials come, the application gets the 401 with its body", async () => {
  const { guard, judge, sent } = guarded(() => refusal());
  const request = guard.fetch(API);
  await turn();
  judge.refused();
  guard.settled();
  assert.equal(await (await request).text(), "no");
  assert.equal(sent.length, 1);
});

test("a waiting request is not sent again for another user", async () => {
  const { guard, judge, sent } = guarded(() => refusal(), { token: "old" });
  const request = guard.fetch(API);
  await turn();
  judge.switched();
  guard.settled();
  assert.equal((await request).status, 401);
  assert.equal(sent.length, 1);
});

test("a waiting request is not sent again if the user changes while the new token is awaited", async () => {
  let give;
  const { guard, judge, sent } = guarded(() => refusal(), { token: "old" });
  const request = guard.fetch(API);
  await turn();
  judge.renewed(() => new Promise((resolve) => (give = resolve)));
  guard.settled();
  await turn();
  judge.switched();
  give("somebody else's");
  assert.equal(await (await request).text(), "no");
  assert.equal(sent.length, 1);
});

test("a waiting request whose new token is refused, too, is sent again with the token after that", async () => {
  let give;
  const { guard, judge, sent } = guarded(() => refusal(), { token: "first" });
  const request = guard.fetch(API);
  await turn();
  judge.renewed(() => new Promise((resolve) => (give = resolve)));
  guard.settled();
  await turn();
  judge.isRenewing = true;
  give("second");
  await turn();
  judge.renewed("third");
  guard.settled();
  await request;
  assert.deepEqual(sent.map(([{ headers }]) => headers.get("Authorization")), ["Bearer first", "Bearer third"]);
});

test("if the token function fails, a request fails, and a replay is not sent", async () => {
  const failing = async () => {
    throw new Error("no token");
  };
  const { guard, judge, sent } = guarded(() => refusal(), { token: failing });
  await assert.rejects(guard.fetch(API), /no token/);
  assert.equal(sent.length, 0);
  judge.token = "old";
  const request = guard.fetch(API);
  await turn();
  judge.renewed(failing);
  guard.settled();
  assert.equal(await (await request).text(), "no");
  assert.equal(sent.length, 1);
});

test("a token that changes while it is awaited is requested again; after a change of the user, the request is sent without a token", async () => {
  const resolvers = [];
  const { guard, judge, sent } = guarded(() => new Response(), { token: () => new Promise((resolve) => resolvers.push(resolve)) });
  const request = guard.fetch(API);
  judge.renewed();
  resolvers[0]("old");
  await turn();
  resolvers[1]("new");
  await request;
  assert.equal(authorization(sent[0]), "Bearer new");
  assert.equal(judge.observations[0].ticket, 2);
  const other = guard.fetch(API);
  judge.switched();
  resolvers[2]("new");
  await other;
  assert.equal(authorization(sent[1]), null);
});

test("an address that differs when it is read a second time gets no token", async () => {
  const { guard, judge, sent } = guarded((count) => (count === 1 ? refusal() : new Response()), { token: "t" });
  const addresses = [API, "https://other.example/"];
  await guard.fetch({ toString: () => addresses.shift() ?? "https://other.example/" });
  assert.equal(sent[0][0].url, "https://other.example/");
  assert.equal(authorization(sent[0]), null);
  assert.deepEqual(judge.observations, []);
});

test("a token that no header can hold is not sent", async () => {
  const { guard, sent } = guarded(() => new Response(), { token: "a\nb" });
  await guard.fetch(API);
  assert.equal(authorization(sent[0]), null);
});

test("a request with the application's own Authorization keeps it, and is not sent again", async () => {
  for (const token of [null, "t"]) {
    const { guard, judge, sent } = guarded(() => refusal(), { token });
    assert.equal((await guard.fetch(API, { headers: { Authorization: "Basic x" } })).status, 401);
    assert.equal(new Request(...sent[0]).headers.get("authorization"), "Basic x");
    assert.equal(judge.observations.length, 1);
    assert.equal(sent.length, 1);
  }
});

const form = new FormData();
form.set("a", "1");
const bodies = {
  "no body": [undefined, ""],
  "a string": ["a=1", "a=1"],
  "bytes": [new TextEncoder().encode("a=1"), "a=1"],
  "a buffer": [new TextEncoder().encode("a=1").buffer, "a=1"],
  "a blob": [new Blob(["a=1"]), "a=1"],
  "parameters": [new URLSearchParams("a=1"), "a=1"],
  "a form": [form, /name="a"\r\n\r\n1\r\n/],
};
for (const [name, [body, expected]] of Object.entries(bodies)) {
  for (const token of [null, "old"]) {
    test(`F19 a request with ${name} is sent again unchanged, ${token ? "with a token" : "with a cookie"}`, async () => {
      const read = [];
      const { guard, judge } = guarded(async (count, ...call) => {
        read.push(await new Request(...call).text());
        return count === 1 ? refusal() : new Response();
      }, { token });
      const request = guard.fetch(API, { method: "POST", body });
      await turn();
      await turn();
      if (body instanceof URLSearchParams) body.set("a", "2");
      judge.renewed(token && "new");
      guard.settled();
      assert.equal((await request).status, 200);
      assert.equal(read.length, 2);
      for (const text of read) assert.match(text, expected instanceof RegExp ? expected : new RegExp(`^${expected}$`));
      if (body instanceof URLSearchParams) body.set("a", "1");
    });
  }
}

const readOnce = {
  "a stream": () => [API, { method: "POST", body: new Blob(["a"]).stream(), duplex: "half" }],
  "an iterable": () => [API, { method: "POST", body: (async function* () { yield new TextEncoder().encode("a"); })(), duplex: "half" }],
  "a Request object with a body": () => [new Request(API, { method: "POST", body: "a" })],
  "headers that are read once": () => [API, { headers: new Map([["x-a", "1"]]).entries() }],
};
for (const [name, call] of Object.entries(readOnce)) {
  for (const token of [null, "old"]) {
    test(`F19 a request with ${name} is not sent again, ${token ? "with a token" : "with a cookie"}`, async () => {
      const { guard, judge, sent } = guarded(async (_, ...args) => {
        const request = new Request(...args);
        if (request.body) assert.equal(await request.text(), "a");
        else assert.equal(request.headers.get("x-a"), "1");
        return refusal();
      }, { token });
      const request = guard.fetch(...call());
      await turn();
      await turn();
      judge.renewed(token && "new");
      guard.settled();
      assert.equal(await (await request).text(), "no");
      assert.equal(sent.length, 1);
    });
  }
}

test("a Request without a body is sent again", async () => {
  const { guard, judge, sent } = guarded((count) => (count === 1 ? refusal() : new Response()), { token: "old" });
  const request = guard.fetch(new Request(API, { method: "DELETE", headers: { "X-A": "1" } }));
  await turn();
  judge.renewed("new");
  guard.settled();
  assert.equal((await request).status, 200);
  assert.deepEqual(sent.map(([{ method, headers }]) => [method, headers.get("x-a")]), [["DELETE", "1"], ["DELETE", "1"]]);
});

test("F19 the method decides on a replay if a Request does not have the property `body`", async () => {
  for (const [method, count] of [["GET", 2], ["HEAD", 2], ["POST", 1]]) {
    const { guard, judge, sent } = guarded((count) => (count === 1 ? refusal() : new Response()));
    const request = guard.fetch(Object.defineProperty(new Request(API, { method }), "body", { value: undefined }));
    await turn();
    judge.renewed();
    guard.settled();
    await request;
    assert.equal(sent.length, count, method);
  }
});

test("an aborted signal ends a waiting request with its reason", async () => {
  for (const token of [null, "old"]) {
    const { guard, judge, sent } = guarded(() => refusal(), { token });
    const controller = new AbortController();
    const request = guard.fetch(API, { signal: controller.signal });
    await turn();
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(request, (error) => error === reason);
    judge.renewed(token && "new");
    guard.settled();
    await turn();
    assert.equal(sent.length, 1);
  }
});

test("a signal that outlives a waiting request keeps no reference to it", async () => {
  const { guard, judge } = guarded((count) => (count === 1 ? refusal() : new Response()));
  const { signal } = new AbortController();
  const listeners = new Set();
  signal.addEventListener = (_, listener) => listeners.add(listener);
  signal.removeEventListener = (_, listener) => listeners.delete(listener);
  // Without `init.signal`: otherwise a `Request` listens to the signal, too.
  const request = guard.fetch(Object.assign(new URL(API), { signal }));
  await turn();
  assert.equal(listeners.size, 1);
  judge.renewed();
  guard.settled();
  await request;
  assert.equal(listeners.size, 0);
});

test("the body of the first refusal is cancelled", async () => {
  let isCancelled = false;
  const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
  const { guard, judge } = guarded((count) => (count === 1 ? new Response(body, { status: 401 }) : new Response()));
  const request = guard.fetch(API);
  await turn();
  judge.renewed();
  guard.settled();
  await request;
  assert.ok(isCancelled);
});

test("F15 responses of our own endpoints are not evaluated, whatever is in the query", async () => {
  const judge = new Judge();
  const guard = new Guard(["https://api.example"], ["https://api.example/me", "https://api.example/t/{tenant}/me?x=1"], judge);
  const answered = (url) => guard.observe({ url, status: 401, headers: {} });
  for (const path of ["me", "me?wait=25&version=4", "me#x", "t/acme/me?x=1", "t/%20/me?y&x=1"]) {
    assert.equal(await answered(`https://api.example/${path}`), false);
  }
  assert.deepEqual(judge.observations, []);
  for (const path of ["me/", "meme", "t//me", "t/a/b/me", "t/me", "x/acme/me", "t/acme/me?x=2"]) void answered(`https://api.example/${path}`);
  assert.equal(judge.observations.length, 7);
});

test("F15 an ignored request gets no token, and its response is not evaluated", async () => {
  const { guard, judge, sent } = guarded(() => refusal(), { token: "t", ignored: ["https://api.example/login"] });
  assert.equal((await guard.fetch("https://api.example/login?a=1")).status, 401);
  assert.equal(sent[0][0], "https://api.example/login?a=1");
  assert.equal(await guard.observe({ url: "https://api.example/login", status: 401, headers: {} }), false);
  assert.deepEqual(judge.observations, []);
});

test("F15 a token function may fetch through the patch, and a sign-in may be refused while others wait", async () => {
  const { guard, judge, sent } = guarded((_, input) => (String(input).endsWith("/token") ? new Response("old") : refusal()), {
    token: async () => (await globalThis.fetch("https://api.example/token")).text(),
  });
  guard.patch(["fetch"]);
  const waiting = globalThis.fetch(API);
  await turn();
  await turn();
  assert.equal(sent.length, 2);
  assert.equal(authorization(sent[1]), "Bearer old");
  const renewal = guard.renewing(async () => {
    await turn();
    judge.token = null;
    assert.equal(guard.ticket(), -1);
    assert.equal((await globalThis.fetch("https://api.example/login")).status, 401);
    assert.equal(await guard.observe({ url: API, status: 401, headers: {} }, guard.ticket()), false);
    return "new";
  });
  judge.renewed(await renewal);
  guard.settled();
  assert.equal((await waiting).status, 401);
  assert.equal(judge.observations.filter(({ status }) => status === 401).length, 2);
  assert.ok(guard.ticket() > 0);
  guard.unpatch();
});

test("F16 each 403 is evaluated once with its problem document, and none is sent again", async () => {
  const problem = { title: "no", required: "a" };
  const { guard, judge, sent } = guarded(() => Response.json(problem, { status: 403 }));
  for (let count = 0; count < 100; count += 1) {
    assert.deepEqual(await (await guard.fetch(API)).json(), problem);
  }
  await turn();
  assert.equal(sent.length, 100);
  assert.equal(judge.observations.length, 100);
  assert.equal(judge.refusals.length, 100);
  assert.deepEqual(judge.refusals[0], { url: API, problem });
});

test("the body of a 403 is read only if there is a listener for it", async () => {
  const { guard, judge } = guarded(() => {
    const response = Response.json({}, { status: 403 });
    return Object.assign(response, { clone: () => assert.fail("read") });
  });
  judge.wantsForbidden = () => false;
  await guard.fetch(API);
  await turn();
  assert.deepEqual(judge.refusals, []);
});

test("responses of other HTTP clients are read, however they store headers", async () => {
  const mixed = { "Permissions-Version": 7, "WWW-Authenticate": ["Basic", "Bearer"] };
  const lower = Object.fromEntries(Object.entries(mixed).map(([name, value]) => [name.toLowerCase(), String(value)]));
  for (const headers of [mixed, lower, new Headers(lower), new Map(Object.entries(lower))]) {
    const { guard, judge } = guarded();
    void guard.observe({ url: API, status: 401, headers });
    assert.deepEqual(judge.observations, [{ status: 401, version: "7", challenge: "Basic,Bearer", ticket: 1, isReplay: false }]);
  }
  const { guard, judge } = guarded();
  for (const headers of [undefined, null, "x", 0]) assert.equal(await guard.observe({ url: API, status: 200, headers }), false);
  assert.equal(judge.observations.length, 4);
});

test("`observe` resolves to true once for a renewed 401, and to false for a replay, a 403 and a foreign origin", async () => {
  const { guard, judge } = guarded();
  const first = guard.observe({ url: API, status: 401, headers: {} }, 1);
  judge.renewed();
  guard.settled();
  assert.equal(await first, true);
  assert.equal(await guard.observe({ url: API, status: 401, headers: {} }, 1, true), false);
  assert.equal(await guard.observe({ url: API, status: 403, headers: {}, data: "{}" }, 1), false);
  assert.equal(await guard.observe({ url: "https://other.example/", status: 401, headers: {} }, 1), false);
});

test("the problem document of other HTTP clients is read as a string or as a value", async () => {
  const headers = { "Content-Type": "application/problem+json; charset=utf-8" };
  for (const data of [{ title: "no" }, '{"title":"no"}']) {
    const { guard, judge } = guarded();
    await guard.observe({ url: API, status: 403, headers, data });
    await turn();
    assert.deepEqual(judge.refusals, [{ url: API, problem: { title: "no" } }]);
  }
  for (const data of [undefined, "{", "[]", [], 3, `{"a":"${"x".repeat(70_000)}"}`]) {
    const { guard, judge } = guarded();
    await guard.observe({ url: API, status: 403, headers, data });
    await turn();
    assert.deepEqual(judge.refusals, [{ url: API, problem: null }]);
  }
});

test("a real redirect to a refusal is not evaluated", async (t) => {
  const server = await serve(({ url }) => (url === "/a" ? { status: 302, headers: { Location: "/b" } } : { status: 401 }));
  t.after(server.close);
  const judge = new Judge();
  const guard = new Guard([server.origin], [], judge);
  assert.equal((await guard.fetch(`${server.origin}/a`)).status, 401);
  assert.deepEqual(judge.observations, []);
});

/** An answer of this address that was redirected to a page. */
function redirectedTo(url) {
  return { url, status: 200, headers: { "content-type": "text/html; charset=utf-8" }, redirected: true };
}

const AS_REDIRECTED = { status: 302, version: undefined, challenge: undefined, ticket: 1, isReplay: false };

test("F66 a page that another HTTP client was redirected to is reported as 302 where its address is trusted, and not during a renewal", async () => {
  const { guard, judge } = guarded();
  assert.equal(await guard.observe(redirectedTo("https://sign-in.example/"), 1), false);
  assert.equal(await guard.observe(redirectedTo(API), -1), false);
  assert.deepEqual(judge.observations, []);
  assert.equal(await guard.observe(redirectedTo(API), 1), false);
  assert.deepEqual(judge.observations, [AS_REDIRECTED]);
});

test("F66 a watched request that is redirected to a page of another origin is reported as 302", async (t) => {
  const page = await serve(() => ({ headers: { "Content-Type": "text/html" }, body: "<!doctype html>" }));
  const server = await serve(() => ({ status: 302, headers: { Location: page.origin } }));
  t.after(() => Promise.all([server.close(), page.close()]));
  const judge = new Judge();
  const guard = new Guard([server.origin], [], judge);
  assert.equal((await guard.fetch(`${server.origin}/a`)).status, 200);
  assert.deepEqual(judge.observations, [AS_REDIRECTED]);
});
