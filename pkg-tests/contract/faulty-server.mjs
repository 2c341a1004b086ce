/** A back end that keeps the contract in everything but one named fault: for tests of the checker. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

export const DOCUMENT = "/api/me/permissions";
export const EVENTS = `${DOCUMENT}/events`;
export const SOCKET = `${DOCUMENT}/socket`;
export const PAGE_ORIGIN = "https://app.example";

const BEFORE = ["invoice:view", "invoice:edit"];
const AFTER = ["invoice:view"];

/** The time between the heartbeats of a stream, in milliseconds: short, so that tests end soon. */
const HEARTBEAT_MS = 50;

/**
 * Starts a server on a free port of 127.0.0.1. The user is recognised by `user-token` as bearer token or in
 * the cookie `session`. `POST /change` takes `invoice:edit` from the user, `POST /restore` gives it
 * back. Returns `{ origin, requests, streams, close }`.
 */
export async function startFaultyServer(fault = "none") {
  const has = (name) => fault === name;
  const user = { subject: "u-17", version: 41, permissions: BEFORE };
  const requests = [];
  const streams = new Set();
  const polls = new Set();
  const sockets = new Set();
  let served = 0;
  let lateCommit;

  /** The version header; faults of the version appear only in the answers to requests for the document. */
  const field = ({ ofDocument = false } = {}) => {
    if (!ofDocument) return `${user.version};sub="${user.subject}"`;
    if (has("version.header")) return `v${user.version};sub="${user.subject}"`;
    const subject = has("version.subject") ? "u-18" : user.subject;
    return `${has("version.equal") ? user.version + 7 : user.version};sub="${subject}"`;
  };

  const document = (who = "user") => {
    const { subject, version, permissions } = user;
    // The other user has the same permissions and another subject.
    if (who === "other") return JSON.stringify({ subject: "u-18", version, permissions });
    if (has("document.content")) return '{"version":41,"permissions":["a"],"permissions":["b"]}';
    return JSON.stringify({ ...(!has("document.subject") && { subject }), ...(!has("document.version") && { version }), permissions });
  };

  const tagOf = (body) => {
    const hash = createHash("sha256").update(has("change.tag") ? JSON.parse(body).subject : has("tag.subject") ? JSON.stringify(user.permissions) : body).digest("base64url");
    if (has("tag.stable")) return `"${hash}.${(served += 1)}"`;
    return has("tag.strong") ? `W/"${hash}"` : `"${hash}"`;
  };

  const isHeld = (held, tag) => {
    if (held === undefined) return false;
    if (has("tag.compared")) return true;
    const essence = (text) => text.replace(/^W\//, "").split(".")[0].replaceAll('"', "");
    return !has("tag.unchanged") && essence(held) === essence(tag);
  };

  function problem(response, status, title, more = {}) {
    if (status === 401 && !has("anonymous.challenge")) response.setHeader("WWW-Authenticate", "Bearer");
    const isPlain = (status === 401 && has("anonymous.problem")) || (status === 403 && has("forbidden.problem"));
    response.writeHead(status, { "Content-Type": isPlain ? "application/json" : "application/problem+json" });
    response.end(JSON.stringify({ title, status, ...more }));
  }

  /** The headers that all answers share. */
  function common(request, response) {
    response.setHeader("Cache-Control", has("document.store") ? "private" : "no-store");
    const vary = [...(has("document.vary") ? [] : ["Authorization", "Cookie"]), ...(has("cors.vary") ? [] : ["Origin"])];
    response.setHeader("Vary", vary.join(", "));
    const { origin } = request.headers;
    const isPreflight = request.method === "OPTIONS";
    const isListed = origin === PAGE_ORIGIN || (has("cors.foreign") && origin !== undefined);
    if (!isListed) return;
    if (!has(isPreflight ? "cors.preflight-origin" : "cors.origin") || response.isRefusal) response.setHeader("Access-Control-Allow-Origin", origin);
    else response.setHeader("Access-Control-Allow-Origin", "*");
    if (!has("cors.credentials")) response.setHeader("Access-Control-Allow-Credentials", "true");
    response.setHeader("Access-Control-Allow-Headers", has("cors.preflight-headers") ? "*" : "Authorization, If-None-Match");
    response.setHeader("Access-Control-Expose-Headers", has("cors.exposed") ? "ETag" : "ETag, Permissions-Version");
  }

  function whoIs({ headers }) {
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? /(?:^|; )session=([^;]+)/.exec(headers.cookie ?? "")?.[1];
    if (token === undefined) return "anonymous";
    return token === "user-token" ? "user" : token === "other-token" ? "other" : "wrong";
  }

  function change(permissions) {
    const version = user.version + 1;
    const revoked = BEFORE.filter((name) => !permissions.includes(name));
    const commit = () => {
      if (!has("change.revoked")) user.permissions = permissions;
      if (!has("change.version")) user.version = version;
    };
    const announce = () => {
      const named = has("change.names") ? ["invoice:view"] : revoked;
      const message = { subject: user.subject, version, ...(named.length > 0 && !has("change.revoked") && { permissions: named }) };
      const kind = message.permissions ? "revoked" : "version";
      for (const stream of streams) if (!has(`change.${stream.name}`)) stream.say(kind, message);
      if (!has("change.poll")) for (const answer of [...polls]) answer();
    };
    if (has("change.committed") && permissions === AFTER) {
      // After the next request for the document was answered as before.
      lateCommit = commit;
      announce();
    } else {
      commit();
      announce();
    }
  }

  function answerDocument(request, response, who) {
    if (has("document.status")) return problem(response, 500, "Internal error");
    const body = document(who);
    const tag = tagOf(body);
    response.setHeader("Permissions-Version", field({ ofDocument: true }));
    response.setHeader("ETag", tag);
    if (lateCommit) response.once("finish", lateCommit);
    lateCommit = undefined;
    if (isHeld(request.headers["if-none-match"], tag)) {
      if (has("tag.stable")) response.setHeader("ETag", request.headers["if-none-match"]);
      if (has("tag.repeated")) response.removeHeader("ETag");
      if (has("version.unchanged")) response.removeHeader("Permissions-Version");
      return response.writeHead(304).end();
    }
    response.writeHead(200, { "Content-Type": has("document.type") ? "text/plain" : "application/json" });
    return response.end(body);
  }

  function answerPoll(query, response) {
    const answer = () => {
      polls.delete(answer);
      clearTimeout(timer);
      if (!has("poll.version")) response.setHeader("Permissions-Version", field());
      response.writeHead(204).end();
    };
    const timer = setTimeout(answer, Number(query.get("wait")) * 1000);
    polls.add(answer);
    response.once("close", () => clearTimeout(timer));
    const isCurrent = query.get("version") === String(user.version);
    if (has("poll.waits") || (!isCurrent && !has("poll.differs"))) answer();
  }

  /** Sends the first message of a stream, and then heartbeats. */
  function begin(name, say, end) {
    const first = () => say(has(`${name}.first`) ? "heartbeat" : "version", has(`${name}.first`) ? {} : { subject: user.subject, version: user.version });
    if (!has(`${name}.prompt`)) first();
    if (has(`${name}.readable`)) say("version", { version: "42" });
    const beat = () => say(has(`${name}.heartbeat`) ? "breath" : "heartbeat", {});
    const timer = has(`${name}.prompt`) ? undefined : setInterval(beat, HEARTBEAT_MS);
    const stream = { name, say };
    streams.add(stream);
    end(() => {
      streams.delete(stream);
      clearInterval(timer);
    });
  }

  function answerEvents(response) {
    if (has("events.opened")) response.setHeader("Content-Type", "text/plain");
    else response.setHeader("Content-Type", "text/event-stream");
    response.setHeader("Cache-Control", has("events.control") ? "no-store" : "no-store, no-transform");
    if (has("events.origin")) response.removeHeader("Access-Control-Allow-Origin");
    if (!has("events.unbuffered")) response.setHeader("X-Accel-Buffering", "no");
    const isPacked = has("events.plain");
    if (isPacked) response.setHeader("Content-Encoding", "gzip");
    response.flushHeaders();
    const write = (text) => response.write(isPacked ? gzipSync(text) : text);
    const say = (kind, data) => write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
    begin("events", say, (end) => response.once("close", end));
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    if (pathname === "/change" || pathname === "/restore") {
      await text(request);
      change(pathname === "/change" ? AFTER : BEFORE);
      return response.writeHead(204).end();
    }
    const who = whoIs(request);
    const isPreflight = request.method === "OPTIONS";
    const isLetIn = who === "user" || who === "other" || (who === "wrong" && has("refused.status"));
    response.isRefusal = !isPreflight && !isLetIn;
    if (!(response.isRefusal && has("cors.refusals"))) common(request, response);
    if (isPreflight) return has("cors.preflight") ? problem(response, 401, "Sign-in needed") : response.writeHead(204).end();
    const isPoll = pathname === DOCUMENT && searchParams.has("wait");
    if (!isLetIn) {
      const own = pathname === EVENTS ? "events.anonymous" : isPoll ? "poll.anonymous" : "anonymous.status";
      if (has(own) && who === "anonymous" && request.headers.origin === undefined) return problem(response, 403, "No");
      return problem(response, 401, "Sign-in needed");
    }
    if (isPoll) return answerPoll(searchParams, response);
    if (pathname === DOCUMENT) return answerDocument(request, response, who);
    if (pathname === EVENTS) return answerEvents(response);
    if (!has("api.version")) response.setHeader("Permissions-Version", field());
    if (pathname === "/api/invoices") return response.writeHead(200, { "Content-Type": "application/json" }).end("[]");
    if (pathname === "/api/users") {
      if (has("forbidden.status")) return response.writeHead(200, { "Content-Type": "application/json" }).end("[]");
      return problem(response, 403, "Permission needed", { required: "user:view", permissions_version: user.version });
    }
    return problem(response, 404, "Not found");
  });

  server.on("upgrade", (request, socket) => {
    requests.push({ method: request.method, path: request.url, headers: request.headers });
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    const refuse = (status) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const who = whoIs(request);
    const isCookie = request.headers.cookie !== undefined;
    if (has("socket.opened")) return refuse(who === "anonymous" && !isCookie ? 401 : 500);
    if (who === "wrong") return refuse(401);
    if (isCookie && request.headers.origin !== PAGE_ORIGIN && !has("socket.foreign")) return refuse(403);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const send = (opcode, payload) => socket.writable && socket.write(Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]));
    const say = (type, data) => send(1, Buffer.from(JSON.stringify({ type, ...data })));
    const start = () => begin("socket", say, (end) => socket.once("close", end));
    if (who === "user" || has("socket.anonymous")) return start();
    socket.once("data", (bytes) => {
      // A masked text of less than 126 bytes (RFC 6455 §5.3).
      const mask = bytes.subarray(2, 6);
      const payload = bytes.subarray(6, 6 + (bytes[1] & 0x7f)).map((byte, index) => byte ^ mask[index % 4]);
      const { type, token } = JSON.parse(payload.toString());
      if (type === "authenticate" && token === "user-token") return start();
      send(8, Buffer.from([0x11, 0x31]));
      return socket.end();
    });
    return undefined;
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    /** The number of open streams. */
    get streams() {
      return streams.size;
    },
    async close() {
      for (const answer of polls) answer();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
