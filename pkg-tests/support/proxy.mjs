/** A proxy between browser and server that goes wrong on demand: cut, silent, or holding streams back. */

import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { Transform } from "node:stream";

/** What belongs to one connection, and is not passed on (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding"];

/**
 * Passes everything to `target` from a free port of 127.0.0.1: an origin, or a function that gives
 * one for a path. It gives
 * - `origin`, which stays the same;
 * - `cut()`: every connection is destroyed and new ones are refused, until `restore()`;
 * - `stall(prefix)`: connections stay, and nothing passes on those for paths that begin with
 *   `prefix` (all, unless it is given), in both directions, until `flow()`: a half-open stream;
 * - `buffer(prefix)`: the bodies of answers for such paths are held back, their heads and all other
 *   answers pass, until `flow()`, which lets go of what was held;
 * - `exchanges`: every request, in order: `{ method, path, headers, status, isOpen }`;
 * - `open(prefix)`: how many of them are under way; `asked(prefix)`: how many there were;
 * - `connections`: how many the browser holds at the moment;
 * - `close()`.
 */
export async function startProxy(target) {
  const sockets = new Set();
  const exchanges = [];
  const waiting = new Set();
  const held = { stall: null, buffer: null };
  const isHeld = (path, ...kinds) => kinds.some((kind) => held[kind] !== null && path.startsWith(held[kind]));

  /** Waits until nothing of these kinds holds the path. */
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

  /** The same request to the server, on a connection of its own. */
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
    // What breaks on one side breaks on the other.
    response.once("close", () => onward.destroy());
    onward.once("error", () => socket.destroy());
    onward.once("response", async (answer) => {
      answer.once("error", () => socket.destroy());
      await whenOpen(path, "stall");
      exchange.status = answer.statusCode;
      const kept = pairs(answer.rawHeaders).filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()));
      response.writeHead(answer.statusCode, kept.flat());
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
      // Refused: the server answers as to any other request.
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

/** Names with their values, from the list in which they take turns. */
function pairs(list) {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]]] : []));
}

/** The head of an answer as it came, for a socket. */
function headOf({ statusCode, statusMessage, rawHeaders }) {
  const lines = pairs(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join("")}\r\n`;
}
