/** Behaviour of real back ends: redirects, doubled headers, wrong bytes, wrong clocks, and proofs with nonces. */

import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { clocks } from "./clocks.mjs";
import { atEnd, opened } from "./opened.mjs";
import { document, token } from "./server.mjs";

/** A server, and an instance on it that is ready. */
async function page(answer, options) {
  const watched = (server) => ({
    guard: { origins: [server.origin], patch: ["fetch"] },
    ...(typeof options === "function" ? options(server) : options),
  });
  const { server, permissions, errors } = await opened(answer, watched);
  await permissions.whenReady();
  return { ...server, permissions, errors };
}

const SIGN_IN = { headers: { "Content-Type": "text/html; charset=utf-8" }, body: "<!doctype html><title>Sign in</title>" };
const TO_SIGN_IN = { status: 302, headers: { Location: "/sign-in" } };

test("F66 after a redirect of the endpoint to a sign-in page, the status is `unauthenticated`", async () => {
  let isOver = false;
  const { permissions, errors } = await page(({ url }) => (url === "/sign-in" ? SIGN_IN : isOver ? TO_SIGN_IN : document(1, ["a"])));
  assert.equal(permissions.can("a"), true);
  isOver = true;
  assert.equal(await permissions.refresh(), "unauthenticated");
  assert.deepEqual([permissions.can("a"), errors], [false, ["unauthenticated"]]);
});

test("F66 a document that was redirected to another document is accepted", async () => {
  const { permissions } = await page(({ url }) => (url === "/other" ? document(1, ["a"]) : { status: 307, headers: { Location: "/other" } }));
  assert.equal(permissions.can("a"), true);
});

for (const [what, call] of [
  ["by `permissions.fetch`", (permissions, url) => permissions.fetch(url)],
  ["by the page's own `fetch`", (_, url) => fetch(url)],
  ["as a form is sent", (permissions, url) => permissions.fetch(url, { method: "POST", body: "a=1" })],
]) {
  test(`F18 F66 a response that was redirected to a page makes the instance ask the endpoint, and hides nothing: ${what}`, async () => {
    const again = withResolvers();
    let loads = 0;
    const { permissions, origin } = await page(({ url }) => {
      if (url !== "/permissions") return url === "/sign-in" ? SIGN_IN : TO_SIGN_IN;
      if ((loads += 1) > 1) again.resolve();
      return document(1, ["a"]);
    });
    const hidden = [];
    permissions.subscribe(() => permissions.can("a") || hidden.push(permissions.status));
    assert.equal((await call(permissions, `${origin}/api`)).redirected, true);
    await again.promise;
    assert.equal(await permissions.refresh(), "fresh");
    assert.deepEqual(hidden, []);
  });
}

test("`refresh` rejects when its load fails, even if the held set is fresh", async () => {
  let fails = false;
  const { permissions, errors } = await page(() => (fails ? { status: 500 } : document(1, ["a"])));
  fails = true;
  assert.equal(await permissions.refresh(), "failed");
  assert.deepEqual([permissions.status, permissions.can("a"), errors], ["fresh", true, ["http-status"]]);
  fails = false;
  assert.equal(await permissions.refresh(), "fresh");
});

test("a doubled `Permissions-Version` changes nothing, and is reported once", async () => {
  const doubled = { "Permissions-Version": ['9;sub="u-1"', '8;sub="u-1"'] };
  const { permissions, origin, errors, requests } = await page(({ url }) => (url === "/permissions" ? document(1, ["a"]) : { headers: doubled }));
  for (let times = 0; times < 3; times += 1) await permissions.fetch(`${origin}/api`);
  assert.deepEqual([errors, permissions.status, requests.length], [["malformed-version"], "fresh", 4]);
});

test("a document with bytes that are not UTF-8 is refused, since the name of a denial would be lost", async () => {
  const body = (name) => Buffer.from(`{"subject":"u-1","permissions":["*"],"denied":["caf${name}"]}`, "latin1");
  const { permissions, errors } = await page((_, count) => ({ headers: { "Content-Type": "application/json" }, body: count === 1 ? body("\xe9") : body("\xc3\xa9") }));
  const ready = permissions.whenReady();
  assert.deepEqual([await ready, permissions.can("a"), permissions.can("café")], ["failed", false, false]);
  assert.equal(await permissions.refresh(), "fresh");
  assert.deepEqual([permissions.can("a"), permissions.can("café")], [true, false]);
  assert.ok(errors.every((code) => code === "malformed-document"), `${errors}`);
});

// Devices whose clocks are wrong (F67).

/** A token for one hour that is issued now, for a device whose clock is fast by `hours`. */
function issued(hours) {
  const iat = Math.floor(Date.now() / 1000) - hours * 3600;
  return token({ sub: "u-1", permissions: ["a"], iat, exp: iat + 3600 });
}

for (const hours of [-200_000, -2, 2, 200_000]) {
  const what = `on a device whose clock is ${hours < 0 ? "slow" : "fast"} by ${Math.abs(hours)} hours`;

  test(`F67 tokens that the token function returns as they are issued are believed ${what}`, async (t) => {
    const pass = clocks(t);
    const permissions = await createPermissions({ token: () => issued(hours) });
    atEnd(() => permissions.dispose());
    assert.equal(permissions.can("a"), hours < 0, "the first token must be believed on a slow clock, and not on a fast one");
    pass(1500);
    assert.equal(await permissions.refresh(), "fresh");
    assert.equal(permissions.can("a"), true);
  });

  test(`F67 with an endpoint, nothing is hidden, and neither the token function nor the endpoint is asked again ${what}`, async () => {
    let tokenCalls = 0;
    const { permissions, errors, requests } = await page(() => document(1, ["a"]), { token: () => ((tokenCalls += 1), issued(hours)) });
    assert.deepEqual([permissions.can("a"), permissions.status], [true, "fresh"]);
    assert.equal(await permissions.refresh(), "fresh");
    assert.deepEqual([tokenCalls, requests.length, errors], [2, 2, []]);
  });
}

test("F67 a token that the application keeps is not believed, however often the token function returns it", async (t) => {
  const pass = clocks(t);
  const token = issued(2);
  const permissions = await createPermissions({ token: () => token });
  atEnd(() => permissions.dispose());
  for (let times = 0; times < 5; times += 1) {
    pass(1500);
    assert.equal(await permissions.refresh(), "failed");
    assert.equal(permissions.can("a"), false);
  }
});

// A server that demands proofs of possession (RFC 9449).

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A key of the page, which writes a proof for each request. */
function prover(token) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  let proofs = 0;
  return ({ method, url, nonce }) => {
    const { origin, pathname } = new URL(url);
    const ath = createHash("sha256").update(token).digest("base64url");
    const claims = { jti: `${(proofs += 1)}`, htm: method, htu: origin + pathname, iat: Math.floor(Date.now() / 1000), ath, nonce };
    const text = `${part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return { Authorization: `DPoP ${token}`, DPoP: `${text}.${signature.toString("base64url")}` };
  };
}

/** The reason for which a request is refused: its proof is checked as RFC 9449 §4.3 says, and accepted once. */
function checker(token, nonceOfNow) {
  const used = new Set();
  return ({ method, url, headers }) => {
    if (headers.authorization !== `DPoP ${token}`) return "no token";
    const [head, body, signature] = String(headers.dpop).split(".");
    const { jwk } = JSON.parse(Buffer.from(head, "base64url"));
    const claims = JSON.parse(Buffer.from(body, "base64url"));
    const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
    if (!verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))) return "forged";
    if (used.has(claims.jti)) return "used twice";
    used.add(claims.jti);
    if (claims.htm !== method || claims.htu !== `http://${headers.host}${url.split("?")[0]}`) return `for ${claims.htm} ${claims.htu}`;
    return claims.nonce === nonceOfNow() ? undefined : "use_dpop_nonce";
  };
}

test("DPoP: requests to the endpoint, the stream, the poll and guarded requests carry proofs with the server's nonces", async () => {
  let nonce = "n1";
  const refused = [];
  const polled = withResolvers();
  const check = checker("t", () => nonce);
  const { permissions, origin, errors } = await page(
    (request) => {
      const why = check(request);
      if (why) {
        refused.push(`${request.method} ${request.url.split("?")[0]}: ${why}`);
        const challenge = why === "use_dpop_nonce" ? `DPoP error="${why}"` : `DPoP error="invalid_dpop_proof"`;
        return { status: 401, headers: { "DPoP-Nonce": nonce, "WWW-Authenticate": challenge } };
      }
      if (request.url.startsWith("/permissions?")) {
        polled.resolve();
        return { status: 204, headers: { "Permissions-Version": '1;sub="u-1"' }, stream: () => {} };
      }
      return request.url === "/permissions" ? document(1, ["a"]) : {};
    },
    { token: "t", headers: prover("t"), push: { poll: true } },
  );
  assert.equal(permissions.can("a"), true);
  await polled.promise;
  nonce = "n2";
  assert.equal((await permissions.fetch(`${origin}/api`, { method: "POST", body: "once more" })).status, 200);
  assert.equal((await permissions.fetch(`${origin}/api`)).status, 200);
  nonce = "n3";
  assert.equal(await permissions.refresh(), "fresh");
  assert.deepEqual(errors, []);
  assert.deepEqual(refused, ["GET /permissions: use_dpop_nonce", "POST /api: use_dpop_nonce", "GET /permissions: use_dpop_nonce"]);
});

for (const transport of ["events", "poll"]) {
  test(`DPoP: a stream by \`${transport}\` whose nonce has changed is signed and opened again, and no proof is used twice`, async () => {
    let nonce = "n1";
    const refused = [];
    const opened = withResolvers();
    const check = checker("t", () => nonce);
    const { permissions, errors } = await page(
      (request) => {
        const why = check(request);
        const isStream = /^\/permissions[?/]/.test(request.url);
        if (why) {
          refused.push(`${isStream ? transport : request.url}: ${why}`);
          return { status: 401, headers: { "DPoP-Nonce": nonce, "WWW-Authenticate": `DPoP error="${why}"` } };
        }
        if (!isStream) {
          // The next request is the stream's.
          nonce = "n2";
          return document(1, ["a"]);
        }
        opened.resolve();
        return { headers: { "Content-Type": "text/event-stream", "Permissions-Version": '1;sub="u-1"' }, stream: (response) => transport === "events" && response.write(": \n\n") };
      },
      ({ origin }) => ({
        token: "t",
        headers: prover("t"),
        push: transport === "poll" ? { poll: true } : { events: `${origin}/permissions/events` },
      }),
    );
    await opened.promise;
    assert.deepEqual(refused, ["/permissions: use_dpop_nonce", `${transport}: use_dpop_nonce`]);
    assert.deepEqual([errors, permissions.can("a")], [[], true]);
  });
}

test("DPoP: a request that is sent again after a renewal is signed once more if the nonce has changed meanwhile", async () => {
  let nonce = "n1";
  let good = "t1";
  let token = "t1";
  const sent = [];
  const { permissions, origin } = await page(
    (request) => {
      const why = checker(good, () => nonce)(request);
      if (request.url === "/api") sent.push(why ?? "accepted");
      const challenge = why === "use_dpop_nonce" ? `DPoP error="${why}"` : `DPoP error="invalid_token"`;
      if (why) return { status: 401, headers: { "DPoP-Nonce": nonce, "WWW-Authenticate": challenge } };
      if (request.url !== "/permissions") return {};
      // After each document, the server wants another nonce.
      nonce = `${nonce}+`;
      return document(1, ["a"]);
    },
    { token: () => token, headers: (request) => prover(token)(request), onUnauthenticated: () => ((token = "t2"), true) },
  );
  good = "t2";
  const { status } = await permissions.fetch(`${origin}/api`, { method: "POST", body: "once more" });
  assert.deepEqual([status, sent], [200, ["no token", "use_dpop_nonce", "accepted"]]);
});

test("DPoP: after the server refused the time of the proofs, the status is `unauthenticated`, and the application is asked for credentials once", async () => {
  const firstCall = withResolvers();
  let times = 0;
  const skewed = (request) => ({ ...prover("t")(request), DPoP: "of another time" });
  const refusal = { status: 401, headers: { "DPoP-Nonce": "n1", "WWW-Authenticate": 'DPoP error="invalid_dpop_proof", error_description="iat"' } };
  const { permissions, requests } = await page(() => refusal, { token: "t", headers: skewed, onUnauthenticated: () => (firstCall.resolve(), (times += 1), false) });
  await firstCall.promise;
  assert.equal(await permissions.refresh(), "unauthenticated");
  assert.deepEqual([permissions.can("a"), times, requests.length <= 2], [false, 1, true], `${times} ${requests.length}`);
});

function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
