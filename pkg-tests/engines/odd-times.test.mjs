/** F23: times to live that no timer accepts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { assertClean, DOCUMENT, ENDPOINT, openPage, run, sendDocument, startAuthority } from "./stage.mjs";

/** The shortest time to live that is accepted, and the tolerance for coarse clocks and timers, in milliseconds. */
const SHORTEST_MS = 1_000;
const COARSE_MS = 50;

/** The most requests for a malformed document within some seconds. */
const MOST_RETRIES = 8;

/** Values in JavaScript's notation: not all of them are JSON. */
const SHORT = ["0", "-1", "-0", "1.5", "-Infinity", "5e-324"];
const LONG = ["Infinity", "2 ** 31 - 1", "2 ** 31", "2 ** 40", "Number.MAX_VALUE"];

/** One instance for each value, with this option, and an endpoint of its own. */
async function beginAll(driver, option, values) {
  await run(
    driver,
    async (endpoint, option, values) => {
      window.all = new Map();
      for (const value of values) {
        const number = { Infinity, "-Infinity": -Infinity, "-0": -0, "2 ** 31 - 1": 2 ** 31 - 1, "2 ** 31": 2 ** 31,
          "2 ** 40": 2 ** 40, "Number.MAX_VALUE": Number.MAX_VALUE }[value] ?? Number(value);
        const options = { endpoint: `${endpoint}?of=${encodeURIComponent(value)}`, [option]: number };
        const permissions = await permgate.createPermissions(options);
        permissions.on("error", ({ code }) => window.noteEvent("error", code));
        await permissions.whenReady();
        window.all.set(value, permissions);
      }
    },
    ENDPOINT,
    option,
    values,
  );
}

/** The times of the requests by the instance of a value, in milliseconds. */
const askedAt = ({ requests }, value) => requests.filter(({ query }) => query.of === value).map(({ at }) => at);

const granting = (driver) =>
  run(driver, () => [...window.all].filter(([, permissions]) => permissions.can("invoice:edit")).map(([value]) => value));

forEachEngine((engine) => {
  test("F23 an odd time to live in the options causes neither a storm of requests nor a permission that never expires", async (t) => {
    const authority = await startAuthority(t);
    const { driver } = engine;
    await openPage(driver, authority.origin);
    await beginAll(driver, "ttlMs", [...SHORT, ...LONG]);
    assert.deepEqual(await granting(driver), [...SHORT, ...LONG]);

    // The instances with short times show how much time has passed for those with long ones.
    await until("the instances with short times asked four times", () => SHORT.every((value) => askedAt(authority, value).length >= 4));
    for (const value of SHORT) {
      const times = askedAt(authority, value).slice(0, 4);
      const whole = times.at(-1) - times[0];
      assert.ok(whole >= 3 * SHORTEST_MS - COARSE_MS, `${value}: four requests in ${whole} ms`);
    }
    for (const value of LONG) assert.equal(askedAt(authority, value).length, 1, `${value} asked again`);
    assert.deepEqual(await granting(driver), [...SHORT, ...LONG]);
    assert.deepEqual(await run(driver, () => watch.events.filter(({ name }) => name === "error")), []);
    await assertClean(driver);
  });

  test("F23 an odd time to live in a document is bounded or refused, without a storm of requests", async (t) => {
    const authority = await startAuthority(t);
    authority.answer(ENDPOINT, (request, response) => {
      const ttl = new URL(request.url, "http://localhost").searchParams.get("of");
      sendDocument(response, { ...DOCUMENT, ttl: Number(ttl) });
    });
    const { driver } = engine;
    const [short, long, refused] = [["0"], ["2147483648", "9007199254740991"], ["-1", "0.001", "1e300"]];
    await openPage(driver, authority.origin);
    await run(
      driver,
      async (endpoint, values) => {
        window.all = new Map();
        for (const value of values) {
          const permissions = await permgate.createPermissions({ endpoint: `${endpoint}?of=${value}` });
          permissions.on("error", ({ code, message }) => window.noteEvent("error", `${value}: ${code}: ${message}`));
          window.all.set(value, permissions);
        }
      },
      ENDPOINT,
      [...short, ...long, ...refused],
    );
    await until("the instance with the short time asked four times", () => askedAt(authority, short[0]).length >= 4);
    const times = askedAt(authority, short[0]);
    assert.ok(times[3] - times[0] >= 3 * SHORTEST_MS - COARSE_MS, `four requests at ${times}`);
    for (const value of long) assert.equal(askedAt(authority, value).length, 1, `ttl ${value} asked again`);
    for (const value of refused) {
      const { length } = askedAt(authority, value);
      assert.ok(length >= 1 && length <= MOST_RETRIES, `ttl ${value} was asked for ${length} times`);
    }
    assert.deepEqual(await granting(driver), [...short, ...long]);
    const errors = await run(driver, () => watch.events.filter(({ name }) => name === "error").map(({ detail }) => detail));
    for (const value of refused) assert.ok(errors.some((text) => text.startsWith(`${value}: malformed-document: `)), `${errors}`);
    await assertClean(driver);
  });

  test("F23 a time to live that is not a number is refused, and nothing is requested", async (t) => {
    const authority = await startAuthority(t);
    const { driver } = engine;
    await openPage(driver, authority.origin);
    const codes = await run(
      driver,
      async (endpoint) => {
        const codes = [];
        for (const name of ["ttlMs", "staleMs", "timeoutMs"]) {
          for (const value of [NaN, "1000", null, 10n ** 3n, {}]) {
            const made = permgate.createPermissions({ endpoint, [name]: value });
            codes.push(await made.then(() => `${name} is taken`, ({ code }) => code));
          }
        }
        return codes;
      },
      ENDPOINT,
    );
    assert.deepEqual(codes, codes.map(() => "invalid-option"));
    assert.equal(authority.asked(ENDPOINT), 0);
  });
});
