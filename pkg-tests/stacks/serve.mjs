/** Serves a stack's application, in development or production, with the API of a server on the same origin. */

import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { until } from "../support/deadline.mjs";
import { freePort, start } from "../support/processes.mjs";
import { startProxy } from "../support/proxy.mjs";
import { serve, STRICT_POLICY } from "../support/static-server.mjs";
import { environment, run } from "./prepare.mjs";

/** How long a development server may take to answer, or a framework to start. */
const START_MS = 120_000;

/**
 * Serves a stack from its folder. A mode of a stack has
 * - `build`: commands that run first;
 * - `folder`: what is served as files, with the page for every other path (`strict`: under a strict
 *   Content-Security-Policy); or `serve`: the command of a server, in which `{port}` stands for its port;
 * - `proxies`: that server passes `/api` on to `PERMGATE_API` itself; otherwise a proxy stands before both.
 *
 * Returns `{ origin, close }`, and of a server also `stop(signal)`, which asks it to end.
 */
export async function serveStack({ build = [], folder: files, serve: command, strict, proxies, env = {} }, folder, api) {
  const variables = { ...env, PERMGATE_API: api };
  for (const one of build) run(folder, one, variables);
  const closing = [];
  let origin;
  let stop;
  if (command) {
    ({ origin, stop } = await startServer(folder, command, variables));
  } else {
    const pages = await serveFiles(join(folder, files), strict);
    closing.push(pages);
    origin = pages.origin;
  }
  if (!proxies) {
    const pages = origin;
    const proxy = await startProxy((path) => (path.startsWith("/api/") ? api : pages));
    closing.unshift(proxy);
    origin = proxy.origin;
  }
  return {
    origin,
    stop,
    async close() {
      for (const each of closing) await each.close();
    },
  };
}

/** Answers every path that is not a file with the application's page. */
function serveFiles(folder, strict) {
  const intercept = (path) => {
    if (extname(path) !== "" || existsSync(join(folder, path, "index.html"))) return undefined;
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: readFileSync(join(folder, "index.html")) };
  };
  return serve({ "/": folder }, { intercept, ...(strict ? { policy: STRICT_POLICY } : {}) });
}

async function startServer(folder, command, more) {
  const port = String(await freePort());
  const [program, ...args] = command.map((word) => word.replace("{port}", port));
  const origin = `http://127.0.0.1:${port}`;
  const { gone, stop } = start(program, args, environment(folder, { ...more, PORT: port, HOST: "127.0.0.1" }), folder);
  const answers = until(`\`${command.join(" ")}\` answers`, async () => (await fetch(origin)).ok, { deadlineMs: START_MS });
  await Promise.race([answers, gone]);
  return { origin, stop };
}
