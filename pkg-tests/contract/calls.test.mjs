/** Calls of `permgate contract`: bad input, credentials that are never printed or sent to another origin, and interruption. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { check, command, named, startChecker } from "./checker.mjs";
import { DOCUMENT, EVENTS, PAGE_ORIGIN, startFaultyServer } from "./faulty-server.mjs";
import { freePort } from "../support/processes.mjs";

/** A server that answers every request by `answer`. */
async function serve(t, answer) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}${DOCUMENT}`, requests };
}

/** The command exits with status 2 and one line on the error output that matches. */
async function assertRefused(args, pattern, options) {
  const { status, out, err } = await startChecker(args, options).done;
  assert.equal(status, 2, `${args.join(" ")}: ${out}${err}`);
  const lines = err.trimEnd().split("\n").filter((line) => line.startsWith("permgate: "));
  assert.equal(lines.length, 1, err);
  assert.match(lines[0], pattern);
  assert.doesNotMatch(out + err, /user-token|at .*\.mjs:\d+/);
}

test("a call with bad arguments is refused with one line of advice", async () => {
  const url = ["--url", "http://127.0.0.1:1/x"];
  const bad = [
    [[], /`--url` is missing; give the address/],
    [["--url"], /`--url` needs a value/],
    [["--url="], /`--url` needs a value/],
    [["--url", "/api/me/permissions"], /`--url` is `\/api\/me\/permissions`; give a whole address/],
    [["--url", "ftp://a.example/"], /give a whole address that begins with `http:\/\/` or `https:\/\/`/],
    [["--url", "http://ada:secret@a.example/"], /`--url` holds credentials; give them in PERMGATE_TOKEN/],
    [["http://a.example/"], /there is no option `http:\/\/a.example\/`; write the address after `--url`/],
    [[...url, "--ulr", "x"], /there is no option `--ulr`; `permgate contract --help` lists all options/],
    [[...url, ...url], /`--url` appears twice; give it once/],
    [[...url, "--poll=no"], /`--poll` takes no value/],
    [[...url, "--within", "soon"], /`--within` is `soon`; give a number of seconds above 0, at most 600/],
    [[...url, "--timeout", "0"], /`--timeout` is `0`/],
    [[...url, "--heartbeat", "1e9"], /`--heartbeat` is `1e9`/],
    [[...url, "--origin", "https://app.example/"], /`--origin` is `https:\/\/app.example\/`; give scheme, host and port without a path/],
    [[...url, "--options", "{"], /`--options` is not JSON/],
    [[...url, "--options", "[]"], /`--options` must be an object with dialect, /],
    [[...url, "--options", '{"endpoint":"x"}'], /`endpoint` is not one of these keys/],
    [[...url, "--header", "X-Own"], /`--header` needs a name and a value/],
    [[...url, "--header", "X-Own: a\nX-Injected: b"], /`--header` needs a name and a value/],
    [[...url, "--header", "cookie: a=b"], /`--header cookie` holds credentials/],
    [[...url, "--restore-with", "true"], /give both, or neither/],
    [[...url, "--socket", "about:blank"], /`--socket` is `about:blank`/],
  ];
  for (const [args, pattern] of bad) await assertRefused(args, pattern);
});

test("credentials are accepted from exactly one source, and only if a header can carry them", async () => {
  const url = ["--url", "http://127.0.0.1:1/x"];
  await assertRefused(url, /there are no credentials; set PERMGATE_TOKEN or PERMGATE_COOKIE/, { env: {} });
  await assertRefused(url, /there are several credentials \(PERMGATE_TOKEN, PERMGATE_COOKIE\); give one/, { env: { PERMGATE_TOKEN: "user-token", PERMGATE_COOKIE: "a=b" } });
  await assertRefused(url, /there are several credentials of another user/, { env: { PERMGATE_TOKEN: "user-token", PERMGATE_OTHER_TOKEN: "a", PERMGATE_OTHER_COOKIE: "b=c" } });
  await assertRefused([...url, "--token-stdin"], /there are several credentials/, { input: "user-token" });
  await assertRefused([...url, "--token-stdin"], /the credentials of --token-stdin are empty/, { env: {}, input: "\n" });
  await assertRefused(url, /hold line breaks or characters that a header cannot carry/, { env: { PERMGATE_TOKEN: "user-token\nX-Injected: 1" } });
  await assertRefused(url, /give the token alone, without `Bearer`/, { env: { PERMGATE_TOKEN: "Bearer user-token" } });
});

test("`--help` and the command without arguments print the usage", async () => {
  const { status, out } = await startChecker(["--help"], { env: {} }).done;
  assert.equal(status, 0);
  for (const option of ["--url", "--change-with", "--json", "PERMGATE_TOKEN", "Exit status"]) assert.ok(out.includes(option), option);
});

test("an address that cannot be the endpoint's is refused with one line that names the alternatives", async (t) => {
  const port = await freePort();
  await assertRefused(["--url", `http://127.0.0.1:${port}/x`], /the request to `http:\/\/127.0.0.1:\d+` failed: nothing listens on this port/);
  await assertRefused(["--url", "http://permgate.invalid/x"], /the request to `http:\/\/permgate.invalid` failed: /);
  const answers = [
    [(_, response) => response.writeHead(404).end(), /was answered with 404; is `--url` the address of the permission document\?/],
    [(_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>"), /was answered with 200 and HTML: this is a page/],
    [(_, response) => response.writeHead(401).end(), /was answered with 401 although credentials were sent/],
    [(_, response) => response.writeHead(302, { location: "/sign-in" }).end(), /a redirect to `\/sign-in`, which is not followed/],
    [(request) => request.socket.destroy(), /the server closed the connection/],
    [(request) => request.socket.end("SSH-2.0-x\r\n"), /does not speak HTTP/],
  ];
  for (const [answer, pattern] of answers) await assertRefused(["--url", (await serve(t, answer)).url], pattern);
  const silent = await serve(t, () => undefined);
  await assertRefused(["--url", silent.url, "--timeout", "0.2"], /was not answered within 0.2 s/);
  const endless = await serve(t, (_, response) => response.writeHead(200, { "content-type": "text/event-stream" }).write("data: x\n\n"));
  await assertRefused(["--url", endless.url, "--timeout", "0.2"], /did not end within 0.2 s; is it a stream\?/);
});

test("options that createPermissions refuses are refused in one line", async (t) => {
  const server = await startFaultyServer();
  t.after(() => server.close());
  await assertRefused(["--url", server.origin + DOCUMENT, "--options", '{"format":"flat"}'], /`--options`: `format`: use one of `document`/);
});

test("after a redirect to another origin, no request is sent there, with or without credentials", async (t) => {
  const elsewhere = await serve(t, (_, response) => response.end());
  const redirecting = await serve(t, (_, response) => response.writeHead(307, { location: elsewhere.url }).end());
  await assertRefused(["--url", redirecting.url], /a redirect to/);
  const server = await startFaultyServer();
  t.after(() => server.close());
  const { report } = await check(["--url", server.origin + DOCUMENT, "--events", redirecting.url, "--api", redirecting.url, "--socket", redirecting.url]);
  assert.ok(named(report, "failed").includes("events.opened"));
  assert.equal(elsewhere.requests.length, 0);
});

test("credentials from standard input are sent and never printed, even if the server repeats them", async (t) => {
  const server = await serve(t, ({ headers }, response) => {
    const credentials = headers.authorization ?? headers.cookie ?? "";
    response.writeHead(credentials ? 200 : 403, { "content-type": "application/json", etag: credentials, "permissions-version": `\u001b[31m${credentials}`.replace("\u001b", "") }).end(`{"permissions":["a"],"x":${JSON.stringify(credentials)},}`);
  });
  for (const [flag, secret] of [["--token-stdin", "s3cret-token-of-grace"], ["--cookie-stdin", "theme=dark; session=s3cret-cookie-of-grace"]]) {
    for (const json of [[], ["--json"]]) {
      const { status, out, err } = await startChecker(["--url", server.url, flag, ...json], { env: {}, input: `${secret}\n` }).done;
      assert.equal(status, 1, err);
      assert.doesNotMatch(out + err, /s3cret/);
      assert.ok(out.includes("…"), "the output does not mark the place of the removed credentials");
    }
  }
  const sent = server.requests.map(({ headers }) => headers.authorization ?? headers.cookie);
  assert.ok(sent.includes("Bearer s3cret-token-of-grace") && sent.includes("theme=dark; session=s3cret-cookie-of-grace"));
});

test("the header of `--header` is sent with each request, and asked for in the preflight", async (t) => {
  const server = await startFaultyServer();
  t.after(() => server.close());
  const { report } = await check(["--url", server.origin + DOCUMENT, "--origin", PAGE_ORIGIN, "--header", "X-Own: 1"]);
  const plain = server.requests.filter(({ method }) => method === "GET");
  assert.ok(plain.every(({ headers }) => headers["x-own"] === "1"));
  const [preflight] = server.requests.filter(({ method }) => method === "OPTIONS");
  assert.equal(preflight.headers["access-control-request-headers"], "authorization,if-none-match,x-own");
  assert.deepEqual(named(report, "failed"), ["cors.preflight-headers"], "not exactly the check of the preflight's headers fails, since the server does not allow the header");
});

test("the plan is printed before the first request", async (t) => {
  let requests = 0;
  const server = await serve(t, () => {
    requests += 1;
  });
  const { child, done } = startChecker(["--url", server.url, "--timeout", "30"]);
  const [text] = await once(child.stdout.setEncoding("utf8"), "data");
  assert.match(text, /plan: at most 6 requests \(GET\), 0 of them streams[^]*plan: nothing on the server is changed/);
  await until("the request arrives", () => requests === 1);
  child.kill("SIGINT");
  assert.equal((await done).status, 130);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`after ${signal} while a change is awaited, the change is undone and the streams are closed`, async (t) => {
    const server = await startFaultyServer("change.events");
    t.after(() => server.close());
    const args = ["--url", server.origin + DOCUMENT, "--events", server.origin + EVENTS, "--within", "60", "--heartbeat", "5"];
    const changes = ["--change-with", command(`${server.origin}/change`), "--restore-with", command(`${server.origin}/restore`)];
    const { child, done } = startChecker([...args, ...changes]);
    const paths = () => server.requests.map(({ path }) => path);
    await until("the change is made", () => paths().includes("/change"));
    child.kill(signal);
    const { status, err } = await done;
    assert.equal(status, 130, err);
    assert.match(err, /interrupted/);
    assert.equal(paths().at(-1), "/restore");
    await until("no stream is open", () => server.streams === 0);
  });
}

test("after an interrupt, a change command that runs forever is ended, and its change is undone", async (t) => {
  const server = await startFaultyServer();
  t.after(() => server.close());
  const forever = `"${process.execPath}" -e "fetch('${server.origin}/change', { method: 'POST' }); setInterval(() => {}, 1000)"`;
  const { child, done } = startChecker(["--url", server.origin + DOCUMENT, "--change-with", forever, "--restore-with", command(`${server.origin}/restore`)]);
  await until("the command begins", () => server.requests.some(({ path }) => path === "/change"));
  child.kill("SIGINT");
  assert.equal((await done).status, 130);
  assert.equal(server.requests.at(-1).path, "/restore");
});
