/** Reads streams in tests: server-sent events by `fetch`, and WebSockets by the handshake alone. */

import { request as ask } from "node:http";
import { until } from "../support/deadline.mjs";

/** Opens a stream; `messages` are `{ type, ...data }` in the order of their arrival. */
export async function openEvents(test, address, headers) {
  const control = new AbortController();
  test.after(() => control.abort());
  const response = await fetch(address, { headers: { accept: "text/event-stream", ...headers }, signal: control.signal });
  const stream = { response, messages: [], isOver: false, close: () => control.abort() };
  const read = async () => {
    let text = "";
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (text + piece).split("\n\n");
      text = parts.pop();
      stream.messages.push(...parts.map(message));
    }
  };
  const ended = () => {
    stream.isOver = true;
  };
  if (response.ok) read().then(ended, ended);
  return stream;
}

function message(text) {
  const fields = Object.fromEntries(text.split("\n").map((line) => line.split(/: ?(.*)/s)));
  return { type: fields.event, ...JSON.parse(fields.data) };
}

/** Waits for a message of a type. */
export function heard(stream, type) {
  return until(`a message \`${type}\``, () => stream.messages.find((message) => message.type === type));
}

/** Requests a WebSocket. Returns the answer: 101 with the `socket` and the texts in `messages`, or a refusal. */
export async function handshake(test, address, headers) {
  const asking = ask(address, {
    headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", ...headers },
  }).end();
  const { response, socket, head } = await new Promise((resolve, reject) => {
    asking.once("upgrade", (response, socket, head) => resolve({ response, socket, head }));
    asking.once("response", (response) => resolve({ response }));
    asking.once("error", reject);
  });
  const answer = { status: response.statusCode, headers: new Headers(response.headers), body: "", messages: [] };
  if (!socket) {
    for await (const piece of response) answer.body += piece;
    return answer;
  }
  test.after(() => socket.destroy());
  socket.on("error", () => socket.destroy());
  let bytes = head;
  const read = (more) => {
    bytes = Buffer.concat([bytes, more]);
    // This server sends only short frames without a mask (RFC 6455 §5.2).
    while (bytes.length >= 2 && bytes[1] < 126 && bytes.length >= 2 + bytes[1]) {
      const payload = bytes.subarray(2, 2 + bytes[1]);
      if (bytes[0] === 0x81) answer.messages.push(JSON.parse(payload.toString()));
      bytes = bytes.subarray(2 + payload.length);
    }
  };
  read(Buffer.alloc(0));
  socket.on("data", read);
  /** Sends a text, masked with zeros. */
  answer.send = (text) => {
    const payload = Buffer.from(text);
    const length = payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
    socket.write(Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]));
  };
  return answer;
}
