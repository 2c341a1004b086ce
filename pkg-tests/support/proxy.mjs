/** A proxy between browser and server that fails on demand: it cuts connections, stalls them, or holds streams back. */

import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { Transform } from "node:stream";

/** The headers that concern only one connection, and are not passed on (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding"];

/**
 * Passes all requests from a free port of 127.0.0.1 to `target`: an origin, or a function that returns
 * one for a path. With `uncached`, no answer may be cached, whatever the server says. Returns
 * - `origin`, which stays the same;
 * - `cut()`: every connection is destroyed and new ones are refused, until `restore()`;
 * - `stall(prefix)`: connections stay, and nothing passes on those for paths that begin with
 *   `prefix` (all, unless it is given), in both directions, until `flow()`: a half-open stream;
 * - `buffer(prefix)`: the bodies of answers for such paths are held back, their heads and all other
 *   answers pass, until `flow()`, which passes on the held bytes;
 * - `exchanges`: every request, in order: `{ method, path, headers, status, isOpen }`;
 * - `open(prefix)`: the number of open requests; `asked(prefix)`: the number of all requests;
 * - `connections`: the number of connections of the browser at the moment;
 * - `close()`.
 */
export async function startProxy(target, { uncached = false } = {}) {
  const sockets = new Set();
  const exchanges = [];
  const waiting = new Set();
  const held = { stall: null, buffer: null };
  const isHeld = (path, ...kinds) => kinds.some((kind) => held[kind] !== null && path.startsWith(held[kind]));

  /** Waits until no `stall` or `buffer` of these kinds holds the path. */
  async function whenOpen(path, ...kinds) {
    while (isHeld(path, ...kinds)) await new Promise((resolve) => waiting.add(resolve));
  }
  function changed() {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  function valve(path, ...kinds) {
    return new Transform({
      transform: (chunk, _, done) => void whenOpen(path, ...kinds).then(() => done(null, chunk)),
      flush: (done) => void whenOpen(path, ...kinds).then(() => done()),
    });
  }

  function note(request) {
    const { method, url: path, headers } = request;
    const exchange = { method, path, headers, status: null, isOpen: true };
    exchanges.push(exchange);
    return exchange;
  }

  /** Sends the same request to the server, on a connection of its own. */
  function forward({ method, url: path, rawHeaders }) {
    const { hostname, port } = new URL(typeof target === "function" ? target(path) : target);
    return ask({ hostname, port, method, path, headers: rawHeaders, agent: false });
  }

  const server = createServer(async (request, response) => {
    const exchange = note(request);
    const { url: path, socket } = request;
    response.once("close", () => (exchange.isOpen = false));
    await whenOpen(path, "stall");
    if (socket.destroyed) return;
    const onward = forward(request);
    // A connection that breaks on one side is broken on the other.
    response.once("close", () => onward.destroy());
    onward.once("error", () => socket.destroy());
    onward.once("response", async (answer) => {
      answer.once("error", () => socket.destroy());
      await whenOpen(path, "stall");
      exchange.status = answer.statusCode;
      const kept = pairs(answer.rawHeaders).filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()));
      const passed = uncached ? [...kept.filter(([name]) => name.toLowerCase() !== "cache-control"), ["cache-control", "no-store"]] : kept;
      response.writeHead(answer.statusCode, passed.flat());
      response.flushHeaders();
      answer.pipe(valve(path, "stall", "buffer")).pipe(response);
    });
    request.pipe(valve(path, "stall")).pipe(onward);
  });

  server.on("upgrade", async (request, socket, head) => {
    const exchange = note(request);
    const { url: path } = request;
    socket.on("error", () => socket.destroy());
    socket.once("close", () => (exchange.isOpen = false));
    await whenOpen(path, "stall");
    const onward = forward(request);
    socket.once("close", () => onward.destroy());
    onward.once("error", () => socket.destroy());
    onward.once("response", (answer) => {
      // The server refuses the upgrade with an ordinary response.
      exchange.status = answer.statusCode;
      socket.write(headOf(answer));
      answer.pipe(socket);
    });
    onward.once("upgrade", (answer, upstream, first) => {
      exchange.status = answer.statusCode;
      upstream.on("error", () => socket.destroy());
      upstream.once("close", () => socket.destroy());
      socket.once("close", () => upstream.destroy());
      socket.write(headOf(answer));
      const inward = valve(path, "stall", "buffer");
      upstream.pipe(inward).pipe(socket);
      inward.write(first);
      upstream.write(head);
      socket.pipe(valve(path, "stall")).pipe(upstream);
    });
    onward.end();
  });

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => sockets.delete(socket));
  });

  async function listen(port) {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }
  async function cut() {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await listen(0);
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    exchanges,
    cut,
    restore: () => listen(port),
    stall(prefix = "/") {
      held.stall = prefix;
    },
    buffer(prefix) {
      held.buffer = prefix;
    },
    flow() {
      held.stall = null;
      held.buffer = null;
      changed();
    },
    open: (prefix = "/") => exchanges.filter(({ path, isOpen }) => isOpen && path.startsWith(prefix)).length,
    asked: (prefix = "/") => exchanges.filter(({ path }) => path.startsWith(prefix)).length,
    get connections() {
      return sockets.size;
    },
    async close() {
      if (server.listening) await cut();
    },
  };
}

/** The headers as pairs, from the flat list of names and values. */
function pairs(list) {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]]] : []));
}

/** The head of an answer, unchanged, for a socket. */
function headOf({ statusCode, statusMessage, rawHeaders }) {
  const lines = pairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join("")}\r\n`;
}
