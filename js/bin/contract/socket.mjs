/** Talks over a WebSocket (RFC 6455), as far as the contract needs: texts, pings and the close. */

import { createHash, randomBytes } from "node:crypto";
import { Inbox } from "./events.mjs";

/** The text that a handshake's key is joined with (RFC 6455 §1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The longest message that is read, in bytes, as in the module. */
const MAX_MESSAGE = 64 * 1024;

const TEXT = 1;
const CLOSE = 8;
const PING = 9;

/**
 * Opens a socket. The answer has the `status`; if it is 101, also `inbox`, `send(text)`, `close()` and, once the other
 * side has closed, `code`.
 */
export async function openSocket(client, url, headers) {
  const key = randomBytes(16).toString("base64");
  const answer = await client.upgrade(url, { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key, ...headers });
  if (!answer.socket) return answer;
  const { socket } = answer;
  const expectedAccept = createHash("sha1").update(key + GUID).digest("base64");
  if (answer.headers["sec-websocket-accept"] !== expectedAccept) {
    socket.destroy();
    return { ...answer, status: 0, socket: undefined, problem: "the header `Sec-WebSocket-Accept` does not fit the key" };
  }
  const inbox = new Inbox();
  const open = {
    status: 101,
    headers: answer.headers,
    inbox,
    code: undefined,
    send: (text) => socket.write(frame(TEXT, Buffer.from(text))),
    close: () => {
      if (!socket.destroyed) socket.end(frame(CLOSE, Buffer.from([0x03, 0xe8])));
      socket.destroySoon();
    },
  };
  let bytes = answer.head;
  let parts = [];
  const read = (more) => {
    bytes = Buffer.concat([bytes, more]);
    for (let next = readFrame(bytes); next; next = readFrame(bytes)) {
      bytes = bytes.subarray(next.length);
      if (next.opcode === PING) socket.write(frame(10, next.payload));
      if (next.opcode === CLOSE) {
        open.code = next.payload.length >= 2 ? next.payload.readUInt16BE(0) : 1005;
        inbox.end(`the server closed the socket with ${open.code}`);
        socket.end();
      }
      if (next.opcode > 2) continue;
      parts.push(next.payload);
      if (next.isLast) {
        inbox.hasBegun = true;
        inbox.push("message", Buffer.concat(parts).toString("utf8"));
        parts = [];
      }
    }
    if (bytes.length > MAX_MESSAGE) {
      inbox.end("a message is longer than 64 KiB");
      socket.destroy();
    }
  };
  socket.on("data", read);
  socket.on("error", () => inbox.end("the socket broke"));
  socket.on("close", () => inbox.end("the socket was closed without a code"));
  read(Buffer.alloc(0));
  return open;
}

/** A whole frame, masked like all frames of clients (RFC 6455 §5.3). */
function frame(opcode, payload) {
  const mask = randomBytes(4);
  const head = [0x80 | opcode];
  if (payload.length < 126) head.push(0x80 | payload.length);
  else head.push(0x80 | 126, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([Buffer.from(head), mask, payload.map((byte, index) => byte ^ mask[index % 4])]);
}

/** The first frame of some bytes; undefined if it is incomplete. */
function readFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 0x7f;
  const size = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < size) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < size + length) return undefined;
  return { opcode: bytes[0] & 0x0f, isLast: (bytes[0] & 0x80) !== 0, payload: bytes.subarray(size, size + length), length: size + length };
}
