/** Takes the files out of the guide, builds the application with them, and asks it as each user. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

const guide = readFileSync("node_modules/permgate/docs/guide/next.md", "utf8");
const files = [...guide.matchAll(/<!-- next: (\S+) -->\n *```tsx?\n(.*?\n) *```/gs)];
for (const [, path, text] of files) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replace(/^ {3}/gm, ""));
}
writeFileSync("app/globals.css", "");

/** The requests of the guide that change a user's permissions. */
const changes = [...guide.matchAll(/curl -X PUT http:\/\/localhost:3000(\S+) -H "Cookie: (user=\w+)" -d '(.*)'/g)];

const { status } = spawnSync("next", ["build"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const port = await freePort();
const server = spawn("next", ["start", "--hostname", "127.0.0.1", "--port", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
const lines = createInterface(server.stdout);
await new Promise((resolve, reject) => {
  lines.on("line", (line) => line.includes("Ready") && resolve());
  server.once("exit", (code) => reject(new Error(`\`next start\` ended with ${code}`)));
});

const ask = (path, cookie = "", init = {}) => fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { cookie } });
const html = async (cookie) => (await ask("/", cookie)).text();

/** An element, as the server rendered it: the page's data has its text in another form. */
const SHOW = "<button>Show</button>";

const TESTS = {
  "the guide has all files and both changes": () => {
    assert.deepEqual([files.length, changes.length], [8, 2]);
  },
  "nothing is shown while nobody is signed in, and the endpoint answers 401": async () => {
    const page = await html();
    assert.ok(!page.includes(SHOW));
    assert.ok(page.includes("You may not see invoices."), page);
    assert.equal((await ask("/api/me/permissions")).status, 401);
  },
  "the server's HTML shows what is granted, and no cache keeps it": async () => {
    const answer = await ask("/", "user=grace");
    assert.match(answer.headers.get("cache-control"), /no-store/);
    assert.ok((await answer.text()).includes(SHOW));
    assert.deepEqual(await (await ask("/api/me/permissions", "user=grace")).json(), { subject: "grace", version: 1, permissions: ["invoice:view"] });
  },
  "the guide's changes are seen by the next page, and are refused to others": async () => {
    for (const [, path, cookie, body] of changes) {
      assert.equal((await ask(path, "user=grace", { method: "PUT", body })).status, 403);
      assert.equal((await ask(path, cookie, { method: "PUT", body })).status, 204);
      assert.equal((await html("user=grace")).includes(SHOW), body.includes("invoice:view"), body);
    }
  },
};

const assertionResults = [];
for (const [title, run] of Object.entries(TESTS)) {
  const failureMessages = await Promise.resolve().then(run).then(() => [], (error) => [error.message]);
  assertionResults.push({ title, status: failureMessages.length === 0 ? "passed" : "failed", failureMessages });
}
writeFileSync("report.json", JSON.stringify({ testResults: [{ assertionResults }] }));
server.removeAllListeners("exit");
server.kill();
process.exit(assertionResults.every(({ status }) => status === "passed") ? 0 : 1);

/** A port on which nothing listened a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
