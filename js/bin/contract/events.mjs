/** Reads a stream of server-sent events (WHATWG HTML §9.2.6), and lets callers wait for messages. */

import { StringDecoder } from "node:string_decoder";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** The messages of a stream of any transport, in order, and how it ended. */
export class Inbox {
  /** `{ kind, data, at }`: the name of the event, its data, and the time of arrival. */
  messages = [];
  /** The number of comment lines, which `EventSource` hides. */
  comments = 0;
  /** Whether any byte of the body has arrived. */
  hasBegun = false;
  /** Why the stream ended; undefined while it is open. */
  ended = undefined;
  #waiting = new Set();

  /** Takes a message. */
  push(kind, data) {
    this.messages.push({ kind, data, at: performance.now() });
    this.wake();
  }

  end(why) {
    this.ended ??= why;
    this.wake();
  }

  wake() {
    for (const look of [...this.#waiting]) look();
  }

  /** The first message that fits, past or within the time; undefined if there is none. */
  wait(fits, ms, signal) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        signal.removeEventListener("abort", abort);
        settle(value);
      };
      const look = () => {
        const message = this.messages.find(fits);
        if (message || this.ended !== undefined) done(resolve, message);
      };
      const abort = () => done(reject, signal.reason);
      const timer = setTimeout(() => done(resolve, undefined), ms);
      this.#waiting.add(look);
      signal.addEventListener("abort", abort);
      look();
    });
  }
}

/** Follows an open stream into an inbox. */
export function followEvents({ response, headers }) {
  const inbox = new Inbox();
  const decoder = new StringDecoder("utf8");
  let text = "";
  let kind = "";
  let data = [];
  const line = (line) => {
    if (line === "") {
      if (data.length > 0) inbox.push(kind || "message", data.join("\n"));
      [kind, data] = ["", []];
    } else if (line.startsWith(":")) {
      inbox.comments += 1;
    } else {
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
      if (field === "data") data.push(value);
      else if (field === "event") kind = value;
    }
  };
  const body = plain(response, headers["content-encoding"]);
  body.on("data", (chunk) => {
    inbox.hasBegun = true;
    text += decoder.write(chunk);
    // A carriage return at the very end may be half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    text = lines.pop();
    for (const each of lines) line(each);
  });
  for (const emitter of new Set([body, response])) {
    emitter.on("end", () => inbox.end("the server ended the stream"));
    emitter.on("error", () => inbox.end("the stream broke"));
    emitter.on("close", () => inbox.end("the stream was closed"));
  }
  return inbox;
}

/** The body, decompressed: a compressed stream is followed too, to find further errors. */
function plain(response, encoding) {
  const decode = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }[encoding];
  return decode ? response.pipe(decode()) : response;
}
