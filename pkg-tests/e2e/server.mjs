/** Starts the real server on a free port, with a new database and the built demo, and stops it in several ways. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { within } from "../support/deadline.mjs";
import { HERE } from "../support/permgate-folder.mjs";

const PROGRAM = process.env.PERMGATE_SERVER ?? resolve(HERE, "../target/debug/permgate-server");
const WWW = process.env.PERMGATE_WWW ?? resolve(HERE, "../www/dist");

/** The environment without our own variables: the server would take `PERMGATE_WWW` for its option. */
const ENVIRONMENT = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PERMGATE_")));

/** The end of the server's output, for when it does not start. */
const LOG_CHARACTERS = 2_000;

/**
 * Starts a server for a test, perhaps with more `switches`, and stops it when that ends. `www` is the
 * folder of its pages; null serves none. Returns
 * - `origin`, which stays the same when the server is started again;
 * - `kill()`: ends the process at once, as in a crash; the database stays;
 * - `freeze()`: stops all answers while connections stay open, until `thaw()`;
 * - `start()`: starts it again, on the same port and with the same database.
 */
export async function startServer(test, switches = [], { www = WWW } = {}) {
  await mustExist(PROGRAM, "PERMGATE_SERVER", "cargo build -p permgate-server");
  if (www !== null) await mustExist(join(www, "index.html"), "PERMGATE_WWW", "npm run build in www/");
  const pages = www === null ? [] : ["--www", www];
  const folder = await mkdtemp(join(tmpdir(), "permgate-e2e-"));
  let child;

  const server = {
    origin: undefined,
    async start() {
      const port = server.origin === undefined ? "0" : new URL(server.origin).port;
      const database = join(folder, "demo.sqlite3");
      child = spawn(PROGRAM, ["--demo", "--port", port, "--database", database, ...pages, ...switches], {
        stdio: ["ignore", "pipe", "pipe"],
        env: ENVIRONMENT,
      });
      server.origin = await within("the start of the server", firstAddress(child));
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await within("the end of the server", gone);
    },
    freeze() {
      child.kill("SIGSTOP");
    },
    thaw() {
      child.kill("SIGCONT");
    },
  };
  test.after(async () => {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  });
  await server.start();
  return server;
}

/** The address in the first line that the server prints. */
async function firstAddress(child) {
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-LOG_CHARACTERS);
  });
  const line = once(createInterface(child.stdout), "line").then(([text]) => text);
  const end = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended with ${code} before it listened:\n${log}`);
  });
  // Once the server listens, its end is no longer a failure of the start.
  end.catch(() => undefined);
  const address = /^listening on (http:\/\/\S+)$/.exec(await Promise.race([line, end]));
  if (address === null) throw new Error("the first line of the server was not `listening on …`");
  return address[1];
}

async function mustExist(path, variable, advice) {
  if (!existsSync(path)) throw new Error(`\`${path}\` does not exist; run ${advice}, or name another in ${variable}`);
}
