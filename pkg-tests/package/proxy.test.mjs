/** The proxy that other tests use to break connections: it passes all bytes, and breaks only the connections that a test names. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { startProxy } from "../support/proxy.mjs";

/** A server with streams that the test writes to, and a proxy before it. */
async function stage(t) {
  const streams = [];
  const server = createServer(async (request, response) => {
    if (request.url.startsWith("/events")) {
      response.writeHead(200, { "content-type": "text/event-stream", "X-Odd-Case": "kept" });
      response.write("event: first\n\n");
      streams.push(response);
      return;
    }
    const body = await text(request);
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.writeHead(body === "teapot" ? 418 : 200).end(`${request.method} ${request.headers["x-asked"]} ${body}`);
  });
  server.on("upgrade", (request, socket, head) => {
    if (request.url === "/refused") {
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno");
      return;
    }
    socket.on("error", () => socket.destroy());
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
    socket.write(head);
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await startProxy(`http://127.0.0.1:${server.address().port}`);
  t.after(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return { proxy, server, streams };
}

/** Reads a stream; `text` is everything read so far. */
async function follow(t, address) {
  const control = new AbortController();
  t.after(() => control.abort());
  const response = await fetch(address, { signal: control.signal });
  const stream = { response, text: "", ended: null, abort: () => control.abort() };
  (async () => {
    try {
      for await (const chunk of response.body) stream.text += Buffer.from(chunk).toString();
      stream.ended = "end";
    } catch (error) {
      stream.ended = error.name;
    }
  })();
  return stream;
}

/** A whole exchange: the answer of the server to an ordinary request. */
const ordinary = async (proxy) => (await fetch(`${proxy.origin}/api`)).status;

test("the proxy passes requests and answers unchanged", async (t) => {
  const { proxy } = await stage(t);
  const response = await fetch(`${proxy.origin}/api`, { method: "POST", body: "teapot", headers: { "x-asked": "yes" } });
  assert.equal(response.status, 418);
  assert.equal(await response.text(), "POST yes teapot");
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  const [exchange] = proxy.exchanges;
  assert.deepEqual([exchange.method, exchange.path, exchange.status], ["POST", "/api", 418]);
  await until("the request is over", () => proxy.open() === 0);
});

test("the proxy passes a stream at once, counts it while it is open, and ends it with either side", async (t) => {
  const { proxy, streams } = await stage(t);
  const stream = await follow(t, `${proxy.origin}/events/1`);
  assert.equal(stream.response.headers.get("x-odd-case"), "kept");
  await until("the first message came", () => stream.text === "event: first\n\n");
  assert.equal(proxy.open("/events"), 1);
  assert.equal(proxy.asked("/events"), 1);
  assert.equal(proxy.open("/api"), 0);
  const gone = once(streams[0], "close");
  stream.abort();
  await gone;
  await until("the proxy saw the end", () => proxy.open("/events") === 0);

  const other = await follow(t, `${proxy.origin}/events/2`);
  streams[1].end("event: last\n\n");
  await until("the end came", () => other.ended === "end");
  assert.match(other.text, /last/);

  const broken = await follow(t, `${proxy.origin}/events/3`);
  streams[2].destroy();
  await until("the break came", () => broken.ended !== null);
  assert.notEqual(broken.ended, "end");
});

test("after `cut`, connections break and new ones are refused, until the proxy is restored on the same port", async (t) => {
  const { proxy } = await stage(t);
  const { origin } = proxy;
  const stream = await follow(t, `${origin}/events`);
  assert.ok(proxy.connections >= 1);
  await proxy.cut();
  await until("the stream broke", () => stream.ended !== null);
  assert.equal(proxy.connections, 0);
  assert.equal(proxy.open(), 0);
  await assert.rejects(fetch(`${origin}/api`));
  await proxy.restore();
  assert.equal(proxy.origin, origin);
  assert.equal(await ordinary(proxy), 200);
});

test("after `stall`, connections stay open and silent, and their bytes arrive after `flow`", async (t) => {
  const { proxy, streams } = await stage(t);
  const stream = await follow(t, `${proxy.origin}/events`);
  await until("the first message came", () => stream.text !== "");
  proxy.stall("/events");
  streams[0].write("event: second\n\n");
  // Other answers pass, after the bytes that were written before them.
  assert.equal(await ordinary(proxy), 200);
  assert.equal(stream.text, "event: first\n\n");
  assert.equal(proxy.open("/events"), 1);

  proxy.stall();
  const late = ordinary(proxy);
  await until("the request is there", () => proxy.open("/api") === 1);
  assert.equal(proxy.exchanges.at(-1).status, null);
  proxy.flow();
  assert.equal(await late, 200);
  await until("the second message came", () => stream.text === "event: first\n\nevent: second\n\n");
});

test("after `buffer`, the proxy passes the heads of streams without their bodies, and whole other answers", async (t) => {
  const { proxy } = await stage(t);
  proxy.buffer("/events");
  const stream = await follow(t, `${proxy.origin}/events`);
  assert.equal(stream.response.status, 200);
  assert.equal(await ordinary(proxy), 200);
  assert.equal(stream.text, "");
  proxy.flow();
  await until("the first message came", () => stream.text === "event: first\n\n");
});

test("the proxy passes the bytes of sockets in both directions, stalls them, and breaks them with either side", async (t) => {
  const { proxy } = await stage(t);
  const asking = ask(`${proxy.origin}/socket`, { headers: { connection: "upgrade", upgrade: "echo" } }).end();
  const [answer, socket] = await once(asking, "upgrade");
  socket.on("error", () => socket.destroy());
  assert.equal(answer.statusCode, 101);
  let echoed = "";
  socket.setEncoding("utf8").on("data", (chunk) => (echoed += chunk));
  socket.write("one");
  await until("the echo came", () => echoed === "one");
  assert.equal(proxy.open("/socket"), 1);
  proxy.stall("/socket");
  socket.write("two");
  assert.equal(await ordinary(proxy), 200);
  assert.equal(echoed, "one");
  proxy.flow();
  await until("the echo came late", () => echoed === "onetwo");
  const gone = once(socket, "close");
  await proxy.cut();
  await gone;
});

test("a socket that the server refuses gets the server's answer, as any request does", async (t) => {
  const { proxy } = await stage(t);
  const asking = ask(`${proxy.origin}/refused`, { headers: { connection: "upgrade", upgrade: "echo" } }).end();
  const [answer] = await once(asking, "response");
  assert.equal(answer.statusCode, 403);
  assert.equal(proxy.exchanges[0].status, 403);
});
