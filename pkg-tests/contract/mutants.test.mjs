/** On a back end with one fault, exactly one check of `permgate contract` fails: the one for that fault. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { CHECKER_HEARS_NO_MESSAGE } from "../../tests/sentences.mjs";
import { startProxy } from "../support/proxy.mjs";
import { check, command, named } from "./checker.mjs";
import { DOCUMENT, EVENTS, PAGE_ORIGIN, SOCKET, startFaultyServer } from "./faulty-server.mjs";

const WAYS = { events: ({ origin }) => ["--events", origin + EVENTS], socket: ({ origin }) => ["--socket", origin + SOCKET], poll: () => ["--poll"] };

/** The arguments for all checks, or for those of the named transports only. */
function argumentsFor(server, ways, { isChanged }) {
  const { origin } = server;
  return [
    ...["--url", origin + DOCUMENT, "--origin", PAGE_ORIGIN, "--api", `${origin}/api/invoices`, "--forbidden", `${origin}/api/users`],
    ...ways.flatMap((way) => WAYS[way](server)),
    ...(isChanged ? ["--change-with", command(`${origin}/change`), "--restore-with", command(`${origin}/restore`)] : []),
    ...["--timeout", "5", "--heartbeat", "3", "--within", "3"],
  ];
}

async function judge(t, fault, { cookie = false } = {}) {
  const server = await startFaultyServer(fault);
  t.after(() => server.close());
  const [group] = fault.split(".");
  const isWhole = fault === "none" || group === "change";
  const isPolled = fault === "none" || fault.includes("poll");
  const ways = Object.keys(WAYS).filter((way) => (way === "poll" ? isPolled : isWhole || way === group));
  const env = cookie ? { PERMGATE_COOKIE: "theme=dark; session=user-token" } : { PERMGATE_TOKEN: "user-token" };
  env.PERMGATE_OTHER_TOKEN = "other-token";
  const result = await check(argumentsFor(server, ways, { isChanged: isWhole }), { env });
  return { ...result, server };
}

/** The number of checkers that run side by side; they mostly wait. */
const AT_ONCE = 4;

/** The names of all checks, from the report on a correct back end. */
let all;
before(async () => {
  const server = await startFaultyServer();
  const { report } = await check(["--url", server.origin + DOCUMENT]).finally(() => server.close());
  all = report.checks.map(({ id }) => id);
});

for (const cookie of [false, true]) {
  test(`a correct back end passes every check, with a ${cookie ? "cookie" : "token"}`, async (t) => {
    const { status, report, server } = await judge(t, "none", { cookie });
    const unexpected = report.checks.filter(({ id, outcome }) => outcome !== "passed" && !(id === "socket.foreign" && !cookie));
    assert.deepEqual(unexpected, []);
    assert.equal(status, 0);
    assert.ok(server.requests.length <= report.plan.requests + 2, `${server.requests.length} requests and two commands, ${report.plan.requests} planned`);
    assert.equal(report.requests, server.requests.length - 2);
    assert.ok(report.mostStreams <= 2);
    assert.deepEqual([...new Set(server.requests.map(({ method }) => method))].sort(), ["GET", "OPTIONS", "POST"]);
    assert.deepEqual(server.requests.filter(({ method }) => method === "POST").map(({ path }) => path), ["/change", "/restore"]);
  });
}

/** Faults of a command, not of a server. */
const OF_COMMANDS = ["change.command", "change.restored"];

test("each check has a fault of its own", () => {
  assert.ok(all.length >= 60, `${all.length} checks`);
  assert.equal(new Set(all).size, all.length);
});

/** The check with the fault's name fails with advice; all other checks pass or are not judged. */
async function isFoundAlone(t, fault) {
  const { status, report } = await judge(t, fault, { cookie: fault === "socket.foreign" });
  const found = report.checks.filter(({ outcome }) => outcome === "failed" || outcome === "advice");
  assert.deepEqual(found.map(({ id }) => id), [fault], JSON.stringify(found));
  const [{ message, outcome }] = found;
  assert.match(message, /\w{3}/);
  assert.equal(status, outcome === "advice" ? 0 : 1);
}

for (const group of ["document", "tag", "version", "anonymous", "refused", "api", "forbidden", "cors", "events", "socket", "poll", "change"]) {
  test(`each fault of the group \`${group}\` is found by its own check, and by no other`, { concurrency: AT_ONCE }, async (t) => {
    const faults = all.filter((id) => id.startsWith(`${group}.`) && !OF_COMMANDS.includes(id));
    assert.ok(faults.length > 0);
    await Promise.all(faults.map((fault) => t.test(fault, (t) => isFoundAlone(t, fault))));
  });
}

test("a proxy that buffers the stream fails the check `events.prompt` and no other", async (t) => {
  const server = await startFaultyServer();
  const proxy = await startProxy(server.origin);
  t.after(async () => {
    await proxy.close();
    await server.close();
  });
  proxy.buffer(EVENTS);
  const { report } = await check(["--url", proxy.origin + DOCUMENT, "--events", proxy.origin + EVENTS, "--timeout", "2"]);
  const found = report.checks.filter(({ outcome }) => outcome === "failed");
  assert.deepEqual(found.map(({ id }) => id), ["events.prompt"]);
  assert.match(found[0].message, CHECKER_HEARS_NO_MESSAGE);
});

for (const [fault, change] of Object.entries({ "change.command": { at: "--change-with", value: "exit 3" }, "change.restored": { at: "--restore-with", value: "exit 4" } })) {
  test(`a command that fails at \`${change.at}\` fails the check \`${fault}\` and no other`, async (t) => {
    const server = await startFaultyServer();
    t.after(() => server.close());
    const args = argumentsFor(server, ["events"], { isChanged: true });
    args[args.indexOf(change.at) + 1] = change.value;
    const { status, report } = await check(args);
    assert.deepEqual(named(report, "failed"), [fault]);
    assert.equal(status, 1);
    const restored = server.requests.some(({ path }) => path === "/restore");
    assert.equal(restored, fault === "change.command", "the change was not undone after the failed command");
  });
}
