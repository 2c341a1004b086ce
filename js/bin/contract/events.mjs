/** Reads a stream of server-sent events (WHATWG HTML §9.2.6) as it comes, and lets others wait for messages. */

import { StringDecoder } from "node:string_decoder";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** What came by a stream, whichever way: the messages in their order, and how it ended. */
export class Inbox {
  /** `{ kind, data, at }`: the name of the event, its data, and when it came. */
  messages = [];
  /** Lines that were comments: `EventSource` hides them. */
  comments = 0;
  /** Whether any byte of the body came. */
  hasBegun = false;
  /** Why nothing more comes; undefined while something may. */
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

  /** The first message that fits, now or within the time; undefined when there is none. */
  wait(fits, ms, signal) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        signal.removeEventListener("abort", abort);
        settle(value);
      };
      const look = () => {
        const found = this.messages.find(fits);
        if (found || this.ended !== undefined) done(resolve, found);
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

/** The body without its encoding: a compressed stream is followed too, to say what else is wrong. */
function plain(response, encoding) {
  const decode = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }[encoding];
  return decode ? response.pipe(decode()) : response;
}
