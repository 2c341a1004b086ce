/** F12 to F19 in each engine: requests by the page's own `fetch` and `XMLHttpRequest`, which are patched. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { token } from "../support/jwt.mjs";
import { assertClean, ENDPOINT, openPage, run, sendDocument, startAuthority } from "./stage.mjs";

const API = "/api/items";
const OLD = token({ sub: "u-17", jti: "old" });
const NEW = token({ sub: "u-17", jti: "new" });

/** Creates an instance that patches the page's own `fetch` and `XMLHttpRequest`; runs in the page. */
async function watch(endpoint, old, renewed, asks) {
  window.permissions?.dispose();
  /** A value that is available later, or never. */
  const fetched = async (text) => (await new Response(text).text()) || Promise.reject(new Error("no token"));
  window.own = { fetch: window.fetch, open: XMLHttpRequest.prototype.open };
  window.given = old;
  window.asked = 0;
  window.told = [];
  window.permissions = await window.permgate.createPermissions({
    endpoint,
    token: asks ? () => fetched(window.given) : old,
    guard: { patch: ["fetch", "xhr"] },
    onUnauthenticated: () => {
      window.asked += 1;
      window.given = renewed;
      return renewed;
    },
  });
  window.permissions.on("forbidden", (event) => window.told.push(event));
  await window.permissions.whenReady();
}

/** Sends an `XMLHttpRequest`, and returns its final status; runs in the page. */
function send(url, { method = "GET", headers = {}, type = "" } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = type;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.onloadend = () => resolve(request.status);
    request.send();
  });
}

/** A page whose requests are guarded, with a server that accepts one token at a time. */
async function stage(t, { driver }, { asks = false } = {}) {
  // Without a policy, for requests to other origins.
  const authority = await startAuthority(t, { policy: "" });
  authority.accepted = OLD;
  const isGood = ({ headers }) => headers.authorization === `Bearer ${authority.accepted}`;
  authority.answer(ENDPOINT, (request, response) =>
    isGood(request) ? sendDocument(response, authority.document) : response.writeHead(401).end(),
  );
  authority.bodies = [];
  authority.answer(API, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    authority.bodies.push(body);
    response.writeHead(isGood(request) ? 200 : 401, { "content-type": "text/plain" }).end(isGood(request) ? "yes" : "no");
  });
  authority.sent = (path = API) => authority.requests.filter((one) => one.path === path);
  authority.tokens = (path) => authority.sent(path).map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
  await openPage(driver, authority.origin);
  await run(driver, `(asks) => {
    window.send = ${send};
    window.beginAnew = () => (${watch})(${JSON.stringify([ENDPOINT, OLD, NEW]).slice(1, -1)}, asks);
    return window.beginAnew();
  }`, asks);
  return authority;
}

forEachEngine((engine) => {
  test("F12 after fifty requests of the page's own fetch got 401, there is one sign-in, and each request is sent again once", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    authority.accepted = NEW;
    const seen = await run(driver, async (url) => {
      const all = Array.from({ length: 50 }, (_, index) => fetch(`${url}?${index}`));
      const texts = await Promise.all((await Promise.all(all)).map((response) => response.text()));
      return { texts: [...new Set(texts)], asked: window.asked, granted: permissions.can("invoice:view") };
    }, API);
    assert.deepEqual(seen, { texts: ["yes"], asked: 1, granted: true });
    assert.equal(authority.sent().length, 100);
    assert.deepEqual(new Set(authority.tokens()), new Set([OLD, NEW]));
    await assertClean(driver);
  });

  test("F19 a request whose body can be read twice is sent again unchanged, and any other is not", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    const again = async (make) => {
      authority.accepted = OLD;
      await run(driver, () => window.beginAnew());
      authority.accepted = NEW;
      authority.bodies.length = 0;
      const before = authority.sent().length;
      const status = await run(driver, `async (url) => (await fetch(...(${make})(url))).status`, API);
      const [first, ...others] = authority.bodies;
      return { status, count: authority.sent().length - before, first, same: others.every((text) => text === first) };
    };
    const post = (body) => `(url) => [url, { method: "POST", body: ${body} }]`;
    for (const [make, body] of [
      ["(url) => [url]", ""],
      ["(url) => [new URL(url, location)]", ""],
      ["(url) => [new Request(url, { headers: { 'X-A': '1' } })]", ""],
      [post("'a=1'"), "a=1"],
      [post("new Blob(['a=1'])"), "a=1"],
      [post("new TextEncoder().encode('a=1')"), "a=1"],
      [post("new TextEncoder().encode('a=1').buffer"), "a=1"],
      [post("new URLSearchParams('a=1')"), "a=1"],
      ["(url) => [url, { method: 'POST', body: 'a=1', keepalive: true }]", "a=1"],
    ]) {
      assert.deepEqual(await again(make), { status: 200, count: 2, first: body, same: true }, make);
    }
    const form = await again(post("(() => { const form = new FormData(); form.set('a', new File(['1'], 'a.txt')); return form; })()"));
    assert.deepEqual([form.status, form.count], [200, 2]);
    for (const text of authority.bodies) assert.match(text, /name="a"; filename="a.txt"[^]*\r\n\r\n1\r\n/);
    const once = await again("(url) => [new Request(url, { method: 'POST', body: 'a=1' })]");
    assert.deepEqual(once, { status: 401, count: 1, first: "a=1", same: true });
    await assertClean(driver);
  });

  test("a request that waits for a sign-in ends when its signal is aborted", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    authority.accepted = NEW;
    const names = await run(driver, async (url) => {
      const { port1, port2 } = new MessageChannel();
      const controller = new AbortController();
      permissions.on("status", () => port2.postMessage(0));
      port1.onmessage = () => controller.abort();
      const error = await fetch(url, { signal: controller.signal }).catch((error) => error);
      return [error.name, controller.signal.aborted];
    }, API);
    assert.deepEqual(names, ["AbortError", true]);
    await assertClean(driver);
  });

  for (const asks of [false, true]) {
    test(`XMLHttpRequest sends the token to the page's own API, and nowhere else (${asks ? "a token function" : "a string"})`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, { asks });
      const statuses = await run(driver, async (url) => {
        const seen = [await send(url), await send(url, { headers: { Authorization: "Basic x" } })];
        const elsewhere = new URL(url, location);
        elsewhere.hostname = "localhost";
        seen.push(await send(elsewhere));
        const patient = new XMLHttpRequest();
        const now = new XMLHttpRequest();
        // A listener that sends the request as soon as it is opened.
        patient.onreadystatechange = () => patient.readyState === 1 && patient.send();
        seen.push(await new Promise((resolve) => {
          patient.onload = () => resolve(patient.status);
          patient.open("GET", url);
        }));
        now.open("GET", url, false);
        now.send();
        seen.push(now.status);
        // With a user name and a password in `open`, which the token must not replace.
        now.open("GET", url, true, "grace", "secret");
        now.send();
        await new Promise((resolve) => (now.onloadend = resolve));
        return [...seen, now.status];
      }, API);
      const there = asks ? [undefined, 401] : [OLD, 200];
      assert.deepEqual(statuses, [200, 401, 0, 200, there[1], 401]);
      const [named, ...others] = authority.tokens().reverse();
      assert.ok(named === undefined || named.startsWith("Basic"), named);
      assert.deepEqual(others.reverse(), [OLD, "Basic x", undefined, OLD, there[0]]);
      // With a token, the browser would have sent a preflight request.
      assert.ok(authority.sent().every(({ headers }) => !("access-control-request-headers" in headers)));
      await assertClean(driver);
    });
  }

  test("XMLHttpRequest: a request that is aborted while its token is awaited is never sent, and its object can be used again", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { asks: true });
    const seen = await run(driver, async (url) => {
      const request = new XMLHttpRequest();
      const heard = [];
      for (const type of ["abort", "load", "error", "loadend"]) request.addEventListener(type, () => heard.push(type));
      request.open("POST", `${url}?given-up`);
      request.send("a");
      try {
        request.send("b");
      } catch (error) {
        heard.push(error.name);
      }
      request.abort();
      const lost = new XMLHttpRequest();
      lost.open("POST", `${url}?lost`);
      lost.send();
      lost.abort();
      const unsent = new XMLHttpRequest();
      for (const type of ["abort", "loadend"]) unsent.addEventListener(type, () => heard.push(`unsent ${type}`));
      unsent.open("POST", url);
      unsent.abort();
      // Opened anew while the token is awaited, and sent after that.
      request.open("POST", `${url}?replaced`);
      request.send("c");
      request.open("POST", `${url}?sent`);
      await send(url);
      request.send("d");
      try {
        request.open("no method", url);
      } catch (error) {
        heard.push(error.name);
      }
      await new Promise((resolve) => (request.onloadend = resolve));
      const { status } = request;
      try {
        request.send("f");
      } catch (error) {
        heard.push(error.name);
      }
      return [...heard, status];
    }, API);
    assert.deepEqual(seen, ["InvalidStateError", "abort", "loadend", "SyntaxError", "load", "loadend", "InvalidStateError", 200]);
    assert.deepEqual(authority.sent().map(({ query }) => Object.keys(query).join()), ["", "sent"]);
    assert.deepEqual(authority.bodies, ["", "d"]);
    await assertClean(driver);
  });

  test("XMLHttpRequest: a 401 asks for a sign-in, a 403 fires an event, and neither is sent again", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine);
    const problem = { title: "Forbidden", required: "invoice:edit" };
    authority.answer("/api/refused", (_, response) =>
      response.writeHead(403, { "content-type": "application/problem+json" }).end(JSON.stringify(problem)),
    );
    authority.answer("/api/away", (_, response) => response.writeHead(302, { location: "/api/unauthorized" }).end());
    authority.answer("/api/unauthorized", (_, response) => response.writeHead(401).end());
    for (const type of ["", "text", "json", "blob"]) {
      assert.equal(await run(driver, (type) => send("/api/refused#here", { type }), type), 403);
    }
    const told = await until("every 403 has fired an event", async () => {
      const told = await run(driver, () => window.told.map(({ url, problem }) => [new URL(url).pathname, problem]));
      return told.length === 4 && told;
    });
    assert.deepEqual(told, [problem, problem, problem, null].map((value) => ["/api/refused", value]));

    // F18: a redirected response is not evaluated.
    assert.equal(await run(driver, () => send("/api/away")), 401);
    assert.equal(await run(driver, () => permissions.can("invoice:view")), true);

    authority.accepted = NEW;
    assert.equal(await run(driver, (url) => send(url), API), 401);
    await until("the new set is held", () => run(driver, () => permissions.can("invoice:view")));
    assert.equal(await run(driver, () => window.asked), 1);
    assert.equal(authority.sent().length, 1);
    assert.equal(await run(driver, (url) => send(url), API), 200);
    await assertClean(driver);
  });

  test("XMLHttpRequest: if the token function returns no token, the request is sent without a token", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { asks: true });
    const status = await run(driver, (url) => {
      window.given = "";
      return send(url);
    }, API);
    assert.equal(status, 401);
    assert.deepEqual(authority.tokens(), [undefined]);
    await assertClean(driver);
  });

  test("XMLHttpRequest: a broken connection fires the usual error", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { asks: true });
    authority.answer("/api/broken", (request) => request.socket.destroy());
    assert.equal(await run(driver, () => send("/api/broken")), 0);
    assert.equal(await run(driver, () => permissions.can("invoice:view")), true);
    await assertClean(driver);
  });

  test("dispose restores the page's own `fetch` and `XMLHttpRequest`", async (t) => {
    const { driver } = engine;
    await stage(t, engine);
    const same = await run(driver, () => {
      const { own } = window;
      const { open } = XMLHttpRequest.prototype;
      const names = [open.name, open.length, fetch.name, fetch.length];
      const before = [own.fetch === window.fetch, own.open === open];
      permissions.dispose();
      return { names, before, after: [own.fetch === window.fetch, own.open === XMLHttpRequest.prototype.open] };
    });
    assert.deepEqual(same, { names: ["open", 2, "fetch", 1], before: [false, false], after: [true, true] });
    await assertClean(driver);
  });
});
