/** A thousand requests of two users and of nobody, answered at the same time: each page shows and carries only the data of its own user. */

import assert from "node:assert/strict";
import { signInAside } from "../e2e/demo.mjs";
import { textOf } from "../support/own-connection.mjs";
import { gatedIn } from "./hydration.mjs";

const REQUESTS = 1_000;

/** How many requests are open at the same time. */
const AT_ONCE = 25;

/** Signs a user in with a cookie; gives the headers of their requests, and their subject, which their pages carry. */
async function signIn(server, username) {
  const { subject } = await signInAside(server, username);
  const answer = await fetch(`${server.origin}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password: `${username}-demo`, mode: "cookie" }),
  });
  assert.ok(answer.ok, `signing in as ${username} was answered with ${answer.status}`);
  const cookie = answer.headers.getSetCookie().map((text) => text.split(";")[0]).join("; ");
  return { headers: { cookie }, subject };
}

/** Requests the home page again and again. `home` lists the elements that grace sees on it. */
export async function checkInterleaved({ server, origin, home }) {
  const grace = await signIn(server, "grace");
  const ada = await signIn(server, "ada");
  const visitors = [grace, ada, { headers: {} }];
  const subjects = [grace.subject, ada.subject];
  const pageOf = async ({ headers, subject }) => {
    const html = await textOf(origin, headers);
    return { shown: gatedIn(html).join(), carried: subjects.filter((one) => new RegExp(`(?<![\\w-])${one}(?!\\d)`).test(html)), subject };
  };

  const expected = [];
  for (const visitor of visitors) expected.push(await pageOf(visitor));
  assert.equal(expected[0].shown, [...home].sort().join());
  assert.equal(expected[2].shown, "");
  assert.equal(new Set(expected.map(({ shown }) => shown)).size, visitors.length, "two visitors see the same elements, so that a mix-up would not be noticed");
  for (const { carried, subject } of expected) assert.deepEqual(carried, subject === undefined ? [] : [subject]);

  let asked = 0;
  const ask = async () => {
    while (asked < REQUESTS) {
      const number = asked;
      asked += 1;
      // In another order in each round, so that no two visitors always follow each other.
      const at = (number + Math.floor(number / visitors.length)) % visitors.length;
      assert.deepEqual(await pageOf(visitors[at]), expected[at], `request ${number}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
}
