/** A real server of Redis on a port of its own, which can be killed and started again. */

import { once } from "node:events";
import { spawn } from "node:child_process";
import { createClient } from "redis";
import { until, within } from "../support/deadline.mjs";
import { freePort } from "../support/processes.mjs";

const PROGRAM = process.env.REDIS_SERVER ?? "redis-server";

/** Starts a server that keeps nothing on disk; it ends with the test. */
export async function startRedis(t) {
  const port = await freePort();
  let child;
  const start = async () => {
    child = spawn(PROGRAM, ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], { stdio: "ignore" });
    const failed = once(child, "error").then(([error]) => Promise.reject(error));
    failed.catch(() => undefined);
    await Promise.race([until("Redis answers", () => command(port, "PING")), failed]);
  };
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await within("the end of the server", gone);
  };
  t.after(() => child.exitCode === null && child.signalCode === null && kill());
  await start();
  return { port, start, kill, command: (...words) => command(port, ...words) };
}

async function command(port, ...words) {
  const client = createClient({ socket: { port, host: "127.0.0.1", reconnectStrategy: false } });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}
