/** The checks of an application whose routes use `permgate/backend`: document, enforcement, stream. */

import assert from "node:assert/strict";
import { heard, openEvents } from "../contract/streams.mjs";

const AS_USER = { authorization: "Bearer u-1" };

/** Addresses of invoices, and the status of each for a user who may edit only invoice 42. */
const INVOICES = [
  ["42", 200],
  ["%34%32", 200],
  ["43", 403],
  // After one decoding, which is what the handler gets, these are other resources.
  ["%2534%2532", 403],
  ["4%2F2", 403],
  ["42%2F..%2F43", 403],
  ["*", 403],
];

/** The checks run in this order: the last one revokes a right. */
export const ON_KIT = {
  "the kit answers with the document, and with 304 if the request has its entity tag": async ({ origin }) => {
    assert.equal((await fetch(`${origin}/kit/me`)).status, 401);
    const first = await fetch(`${origin}/kit/me`, { headers: AS_USER });
    assert.equal(first.status, 200);
    assert.deepEqual((await first.json()).permissions, ["invoice:view"]);
    const again = await fetch(`${origin}/kit/me`, { headers: { ...AS_USER, "if-none-match": first.headers.get("etag") } });
    assert.equal(again.status, 304);
  },
  "the kit enforces a requirement on the resource that the handler sees": async ({ origin }) => {
    for (const [id, expected] of INVOICES) {
      const answer = await fetch(`${origin}/kit/invoices/${id}`, { headers: AS_USER });
      assert.equal(answer.status, expected, id);
      assert.match(answer.headers.get("permissions-version") ?? "", /^1(;|$)/, id);
      if (expected === 200) assert.deepEqual(await answer.json(), { id: "42" });
    }
    assert.equal((await fetch(`${origin}/kit/invoices/42`)).status, 401);
  },
  "a page of the same application gets its user's document without a request": async ({ origin }) => {
    for (const [headers, expected] of [[AS_USER, "may view invoices"], [{}, "may not view invoices"]]) {
      const html = await (await fetch(`${origin}/kit`, { headers })).text();
      assert.ok(html.includes(expected), html.slice(-2_000));
    }
  },
  "a stream reports a change that another route commits": async ({ origin }) => {
    const closing = [];
    try {
      const stream = await openEvents({ after: (close) => closing.push(close) }, `${origin}/kit/me/events`, AS_USER);
      assert.equal(stream.response.status, 200);
      assert.equal((await heard(stream, "version")).version, 1);
      assert.equal((await fetch(`${origin}/kit/told`, { method: "POST" })).status, 204);
      assert.deepEqual((await heard(stream, "revoked")).permissions, ["invoice:view"]);
    } finally {
      for (const close of closing) close();
    }
  },
};
