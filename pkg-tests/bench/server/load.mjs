/** Sends the same request again and again over a few connections, without a client library's cost. */

import { connect } from "node:net";

/** One response: its status, its headers by lower-case name, its body. */
export async function ask(origin, { path, headers }) {
  const response = await fetch(origin + path, { headers });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/**
 * Sends `requests` requests over `connections` connections, each waiting for its response. Throws
 * if a response has another status.
 */
export async function load(origin, { path, headers, status, connections, requests }) {
  const { hostname, port, host } = new URL(origin);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const expected = `HTTP/1.1 ${status} `;
  let left = requests;
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let held = Buffer.alloc(0);
      const next = () => {
        if (left === 0) {
          socket.end();
          resolve();
          return;
        }
        left -= 1;
        socket.write(request);
      };
      socket.on("connect", next);
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("the server hung up")));
      socket.on("data", (chunk) => {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const end = held.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = held.toString("latin1", 0, end);
        const length = status === 304 ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
        if (!head.startsWith(expected) || Number.isNaN(length)) {
          socket.destroy();
          reject(new Error(`instead of ${status} the server answered: ${head}`));
        } else if (held.length >= end + 4 + length) {
          held = Buffer.alloc(0);
          next();
        }
      });
    });
  await Promise.all(Array.from({ length: connections }, one));
}
