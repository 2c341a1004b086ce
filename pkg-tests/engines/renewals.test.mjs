/** F64 in each engine: the user to whom a set belongs when a token is renewed, and when a token does not name its user. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { token } from "../support/jwt.mjs";
import { assertClean, ENDPOINT, openPage, run, sendDocument, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const API = "/api/items";

/** The `n`-th token of one user, by the way in which it names the user, with the option by which permgate finds the name. */
const KINDS = {
  "whose `sub` is a string": { made: (n) => token({ sub: "17", jti: `${n}` }) },
  "whose `sub` is an integer": { made: (n) => token({ sub: 17, jti: `${n}` }) },
  "named by `subjectClaim`": { made: (n) => token({ user: { id: "17" }, jti: `${n}` }), options: { subjectClaim: "/user/id" } },
  "without a subject": { made: (n) => token({ user_id: "17", jti: `${n}` }) },
  "that is opaque": { made: (n) => `opaque-${n}` },
};

const FIRST = { subject: "17", version: 1, permissions: ["invoice:view", "invoice:edit"] };
const SECOND = { subject: "18", version: 1, permissions: ["invoice:delete"] };

/** What the second user's set shows. */
const SHOWN_SECOND = ["delete", "not"];

/** Begins with the first token, and records what is shown: at each change, and in each frame; runs in the page. */
async function watch({ endpoint, first, asks, options }) {
  window.mine = first;
  window.asked = 0;
  const renewed = () => {
    window.asked += 1;
    return (window.mine = window.next);
  };
  await window.begin({ endpoint, token: asks ? () => window.mine : first, onUnauthenticated: renewed, ...options });
  await permissions.whenReady();
  window.looks = [];
  const look = () => {
    const now = window.shown().join();
    if (window.looks.at(-1) !== now) window.looks.push(now);
  };
  const frame = () => {
    look();
    requestAnimationFrame(frame);
  };
  frame();
  permissions.subscribe(look);
  window.give = (text) => {
    window.mine = text;
    permissions.setToken(asks ? () => window.mine : text);
  };
  window.frames = async (count) => {
    for (let passed = 0; passed < count; passed += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  };
}

/**
 * A page, and a server that knows tokens and their users: `authority.users` maps each token that is good to a
 * document. The endpoint's answers wait for `authority.open`.
 */
async function stage(t, { driver }, { first, asks = false, options = {} }) {
  const authority = await startAuthority(t);
  authority.users = new Map([[first, FIRST]]);
  authority.open = Promise.resolve();
  authority.sent = [];
  const documentOf = ({ headers }) => authority.users.get(headers.authorization?.replace("Bearer ", ""));
  authority.answer(ENDPOINT, async (request, response) => {
    const document = documentOf(request);
    await authority.open;
    if (document) sendDocument(response, document);
    else response.writeHead(401).end();
  });
  authority.answer(API, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    authority.sent.push([body, request.headers.authorization?.replace("Bearer ", "")]);
    response.writeHead(documentOf(request) ? 200 : 401).end();
  });
  /** Holds the endpoint's answers back until the returned function is called. */
  authority.hold = () => {
    let release;
    authority.open = new Promise((resolve) => (release = resolve));
    return release;
  };
  await openPage(driver, authority.origin);
  await run(driver, watch, { endpoint: ENDPOINT, first, asks, options });
  await showsOnly(driver, SHOWN);
  return authority;
}

forEachEngine((engine) => {
  for (const [what, { made, options }] of Object.entries(KINDS)) {
    for (const asks of [false, true]) {
      test(`F64 a renewed token ${what} hides nothing in any frame, and a refused request is sent again (${asks ? "from a function" : "a string"})`, async (t) => {
        const { driver } = engine;
        const authority = await stage(t, engine, { first: made(1), asks, options });

        // The token is renewed in time, and the endpoint answers late.
        authority.users = new Map([[made(1), FIRST], [made(2), FIRST]]);
        const release = authority.hold();
        await run(driver, async (renewed) => (give(renewed), await frames(5)), made(2));
        release();
        assert.equal(await run(driver, () => permissions.refresh()), "fresh");
        await run(driver, () => frames(2));
        assert.deepEqual(await run(driver, () => looks), [SHOWN.join()]);

        // The token is renewed too late: the API refuses the earlier token.
        authority.users = new Map([[made(3), FIRST]]);
        const status = await run(driver, async (url, next) => {
          window.next = next;
          return (await permissions.fetch(url, { method: "POST", body: "of 17" })).status;
        }, API, made(3));
        assert.equal(status, 200);
        assert.deepEqual(authority.sent.map(([body]) => body), ["of 17", "of 17"]);
        assert.equal(authority.sent[1][1], made(3));
        assert.equal(await run(driver, () => asked), 1);
        await showsOnly(driver, SHOWN);
        await assertClean(driver);
      });
    }
  }

  test("F64 after an opaque token of another user, the first user's set is shown until the endpoint names the other user, and never again", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { first: "opaque-1" });
    authority.users.set("opaque-2", SECOND);
    const release = authority.hold();
    await run(driver, async () => (give("opaque-2"), await frames(3)));
    assert.equal(await run(driver, () => permissions.status), "stale");
    release();
    await showsOnly(driver, SHOWN_SECOND);
    await run(driver, () => frames(3));
    assert.deepEqual(await run(driver, () => looks), [SHOWN.join(), SHOWN_SECOND.join()]);
    await assertClean(driver);
  });

  test("F64 with an opaque token that the endpoint does not answer for, the set is kept for no longer than `staleMs`", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { first: "opaque-1", options: { staleMs: 1_000, timeoutMs: 60_000 } });
    const release = authority.hold();
    await run(driver, () => give("opaque-2"));
    await showsOnly(driver, []);
    assert.deepEqual(await run(driver, () => looks), [SHOWN.join(), ""]);
    release();
    await assertClean(driver);
  });

  test("F64 after `signOut()` an opaque token is not taken for that of the earlier user: nothing is shown until the endpoint answers", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { first: "opaque-1" });
    authority.users.set("opaque-2", FIRST);
    const release = authority.hold();
    const shown = await run(driver, async () => {
      permissions.signOut();
      const left = window.shown();
      give("opaque-2");
      const given = window.shown();
      await frames(3);
      return [left, given, window.shown()];
    });
    assert.deepEqual(shown, [[], [], []]);
    release();
    await showsOnly(driver, SHOWN);
    assert.deepEqual(await run(driver, () => looks), [SHOWN.join(), "", SHOWN.join()]);
    await assertClean(driver);
  });

  for (const signsIn of [true, false]) {
    test(`F64 a sign-in dialog is waited for although \`token\` returns null meanwhile, and its answer counts: ${signsIn ? "signed in" : "given up"}`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, { first: token({ sub: "17" }), asks: true });
      const second = token({ sub: "17", jti: "2" });
      authority.users = new Map([[second, FIRST]]);
      const [status, loaded] = await run(driver, async (url, next) => {
        // The dialog opens, and the application clears its token.
        let answer;
        window.next = new Promise((resolve) => (answer = resolve));
        const sent = permissions.fetch(url, { method: "POST", body: "of 17" });
        while (window.asked === 0) await frames(1);
        window.mine = null;
        const loaded = [await permissions.refresh(), window.shown(), window.asked];
        window.mine = next;
        answer(next === null ? null : true);
        return [(await sent).status, loaded];
      }, API, signsIn ? second : null);
      assert.deepEqual(loaded, ["unauthenticated", [], 1]);
      assert.equal(status, signsIn ? 200 : 401);
      assert.equal(authority.sent.length, signsIn ? 2 : 1);
      await showsOnly(driver, signsIn ? SHOWN : []);
      await assertClean(driver);
    });
  }

  test("F64 a request of one user that met 401 is not sent again with the opaque token of another", async (t) => {
    const { driver } = engine;
    const authority = await stage(t, engine, { first: "opaque-1" });
    authority.users = new Map([["opaque-2", SECOND]]);
    const status = await run(driver, async (url) => {
      window.next = "opaque-2";
      return (await permissions.fetch(url, { method: "POST", body: "of 17" })).status;
    }, API);
    assert.equal(status, 401);
    assert.deepEqual(authority.sent, [["of 17", "opaque-1"]]);
    await showsOnly(driver, SHOWN_SECOND);
    await assertClean(driver);
  });
});
