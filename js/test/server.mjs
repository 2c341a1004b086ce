/** A small HTTP server whose answers a test sets. It has real sockets, so that the real transport runs. */

import { createServer } from "node:http";

/**
 * Starts on a free port. `answer(request)` returns `{ status, headers, body }` or a promise of it; with
 * `stream(response)` instead of a body, the answer stays open.
 */
export async function serve(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    requests.push(request);
    const { status = 200, headers = {}, body = "", stream } = await answer(request, requests.length);
    response.writeHead(status, headers);
    if (stream) stream(response);
    else response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin, requests, close };
}

/** A document as a server sends it. */
export const document = (version, permissions, more = {}) => ({
  headers: { "Content-Type": "application/json", ETag: `"${version}"` },
  body: JSON.stringify({ subject: "u-1", version, permissions, ...more }),
});

/** A token with these claims; its signature is not checked here. */
export function token(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
}
