/** Serves folders on a free port of 127.0.0.1, with the right media types and, if asked, a strict policy. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
};

/** The strictest Content-Security-Policy under which permgate promises to work. */
export const STRICT_POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; require-trusted-types-for 'script'";

/** Makes `performance.now()` as fine as a page can have it: 5 µs instead of 100. */
export const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * Serves `folders`: an object from path prefix to folder, the longest prefix first. `policy` is the
 * Content-Security-Policy of every answer, `headers` are added to every answer. `intercept(path)`
 * may return `{ status, headers, body }` as the answer instead of a file.
 *
 * Returns `{ origin, requests, close }`; `requests` are the requested paths, in order.
 */
export async function serve(folders, { policy, headers = {}, intercept = () => undefined } = {}) {
  const mounts = Object.entries(folders).sort(([a], [b]) => b.length - a.length);
  const requests = [];
  const always = {
    "cache-control": "no-store",
    ...(policy ? { "content-security-policy": policy } : {}),
    ...headers,
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    requests.push(path);
    const { status, headers: own, body } = intercept(path) ?? (await file(mounts, path));
    response.writeHead(status, { ...always, ...own });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function file(mounts, path) {
  // Browsers request the icon by themselves, and log an error if there is none.
  if (path === "/favicon.ico") return { status: 204 };
  const [prefix, folder] = mounts.find(([prefix]) => path.startsWith(prefix)) ?? [];
  const missing = { status: 404, headers: { "content-type": "text/plain" }, body: "not found" };
  if (folder === undefined) return missing;
  const asked = path.endsWith("/") ? `${path}index.html` : path;
  const name = normalize(join(folder, asked.slice(prefix.length)));
  if (!name.startsWith(join(folder, sep))) return missing;
  try {
    const type = TYPES[extname(name)] ?? "application/octet-stream";
    return { status: 200, headers: { "content-type": type }, body: await readFile(name) };
  } catch {
    return missing;
  }
}
