/** The time from navigation to the first gated button, on three lines, beside hand-written code and CASL. */

import { copyFile, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { headTags } from "permgate/tags";
import { launch, openPage } from "../support/chromium.mjs";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { interleave, median, row, rowAlone } from "./rounds.mjs";
import { AIMS, writeDocument } from "./start-document.mjs";

const ROUNDS = 11;
const WARM_UP = 1;

/** A hundred names of twenty-five modules; the button asks for one of them. */
const NAMES = Array.from({ length: 100 }, (_, index) => `module${index >> 2}:${["view", "edit", "delete", "create"][index % 4]}`);
export const DOCUMENT = { subject: "u-17", version: 1, permissions: NAMES };

/** The visitors' lines: latency in ms, and bits per second in each direction. */
const LINES = {
  loopback: null,
  "9 Mbit/s, 60 ms": conditions(60, 9e6, 3e6),
  "1.6 Mbit/s, 150 ms": conditions(150, 1.6e6, 0.75e6),
};

const BY_HAND = `for (const element of document.querySelectorAll("[data-permission]")) {
  if (can(element.dataset.permission)) { element.hidden = false; element.dataset.shown = ""; }
}`;
const CASL = `import { createMongoAbility } from "@casl/ability";
const ability = (document) => createMongoAbility(document.permissions.map((name) => {
  const [subject, action] = name.split(":");
  return { action, subject };
}));`;
const ASK_CASL = `const can = (name) => { const [subject, action] = name.split(":"); return held.can(action, subject); };`;
const FETCHED = `await (await fetch("/document")).json()`;
const IN_PAGE = `JSON.parse(document.getElementById("permissions").textContent)`;
const PUSH = `push: { events: "/events" }`;

/** The program of each contender, and whether its page carries the document or the tags. */
const CONTENDERS = {
  hand: { code: `const held = new Set((${FETCHED}).permissions); const can = (name) => held.has(name); ${BY_HAND}` },
  casl: { code: `${CASL} const held = ability(${FETCHED}); ${ASK_CASL} ${BY_HAND}` },
  caslInPage: { code: `${CASL} const held = ability(${IN_PAGE}); ${ASK_CASL} ${BY_HAND}`, hasDocument: true },
  cold: { code: ours(`endpoint: "/document", ${PUSH}`) },
  tags: { code: ours(`endpoint: "/document", ${PUSH}`), hasTags: true },
  firstLook: { code: ours(`endpoint: "/document", ${PUSH}`), hasTags: true, hasFirstLook: true },
  bootstrap: { code: ours(`bootstrap: ${IN_PAGE}, endpoint: "/document", ${PUSH}`), hasDocument: true, hasTags: true },
};

/** The names of permgate and of the peer in the rows. */
const ROWS = [
  ["cold", "casl", "permgate, cold", "CASL with fetch"],
  ["tags", "casl", "permgate, with tags", "CASL with fetch"],
  ["tags", "hand", "permgate, with tags", "hand-written, with fetch"],
  ["firstLook", "casl", "permgate, with tags and a first look", "CASL with fetch"],
  ["bootstrap", "caslInPage", "permgate, with bootstrap and tags", "CASL with the document in the page"],
];

/** Measures everything, and returns the rows. */
export async function startRows() {
  const folder = await mkdtemp(join(tmpdir(), "permgate-start-"));
  const site = await serve(await programs(folder));
  const browser = await launch();
  try {
    const results = {};
    const rows = [rowAlone("start: bytes of the default path (brotli)", await bytes(browser, site), "bytes")];
    for (const [line, profile] of Object.entries(LINES)) {
      const samples = await interleave(
        Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, name])),
        (name) => once(browser, site, name, profile),
        { rounds: ROUNDS, warmUp: WARM_UP },
      );
      results[line] = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, Math.round(median(list))]));
      for (const [name, peer, title, peerName] of ROWS) {
        const later = Math.round(median(samples[name]) - median(samples[peer]));
        const aim = peer === "casl" ? AIMS[name]?.[line] : undefined;
        const note = `the peer + ${later} ms${aim === undefined ? "" : `; the aim is + ${aim} ms`}`;
        rows.push(row(`start, ${line}: ${title}`, samples[name], samples[peer], { peerName, unit: "ms", note }));
      }
    }
    await writeDocument(results, browser.version());
    return { rows, browser: browser.version() };
  } finally {
    await browser.close();
    site.close();
    await rm(folder, { recursive: true });
  }
}

/** The program of an application with permgate. */
function ours(options) {
  return `import { createPermissions } from "permgate";
    const permissions = await createPermissions({ ${options} });
    permissions.bind(document);`;
}

function conditions(latency, down, up) {
  return { offline: false, latency, downloadThroughput: down / 8, uploadThroughput: up / 8 };
}

/** Bundles the programs; returns the compressed bytes of every file by its path. */
export async function programs(folder, contenders = CONTENDERS) {
  for (const [name, { code }] of Object.entries(contenders)) {
    await build({
      stdin: { contents: code, resolveDir: HERE },
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      target: "es2022",
      outdir: join(folder, name),
      entryNames: "main",
      logLevel: "error",
    });
    // esbuild does not rewrite the module's address, so the module is put beside the program.
    await copyFile(join(DIST, "permgate.wasm"), join(folder, name, "permgate.wasm"));
  }
  for (const file of ["cloak.css", "first-look.js"]) await copyFile(join(DIST, file), join(folder, file));
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = paths.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file.slice(folder.length), brotliCompressSync(await readFile(file))])));
}

export function type(path) {
  return { js: "text/javascript", wasm: "application/wasm", css: "text/css" }[path.split(".").at(-1)];
}

/** Serves the pages, the compressed programs, the document and a stream that sends its version. */
async function serve(files) {
  const sent = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const answer = (kind, body, headers = {}) => response.writeHead(200, { "content-type": kind, "cache-control": "no-store", ...headers }).end(body);
    if (pathname === "/document") return answer("application/json", JSON.stringify(DOCUMENT), { etag: '"1"' });
    if (pathname === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" });
      return response.write('event: version\ndata: {"version":1,"subject":"u-17"}\n\n');
    }
    const name = pathname.slice(1);
    if (name in CONTENDERS) return answer("text/html; charset=utf-8", html(name, CONTENDERS[name]));
    const body = files.get(pathname);
    if (!body) return response.writeHead(404).end();
    sent.set(pathname, body.length);
    return answer(type(pathname), body, { "content-encoding": "br" });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    sent,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

function html(name, { code, hasDocument, hasTags, hasFirstLook }) {
  const isOurs = code.includes('"permgate"');
  const tags = {
    stylesheet: "/cloak.css",
    ...(hasTags ? { module: `/${name}/permgate.wasm` } : {}),
    ...(hasFirstLook ? { firstLook: { src: "/first-look.js", endpoint: "/document" } } : {}),
  };
  return `<!doctype html><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,">
    ${isOurs ? headTags(tags) : ""}
    <button id="button" data-permission="module0:edit" ${isOurs ? "" : "hidden"}>Edit</button>
    ${hasDocument ? `<script type="application/json" id="permissions">${JSON.stringify(DOCUMENT)}</script>` : ""}
    <script>
      const look = () => {
        const { dataset } = document.getElementById("button");
        if ("shown" in dataset || dataset.permissionState === "granted") globalThis.shownAt = performance.now();
        else requestAnimationFrame(look);
      };
      look();
    </script>
    <script type="module" src="/${name}/main.js"></script>`;
}

/** One visit with an empty cache: the time at which the button was shown, in ms after the navigation. */
async function once(browser, { origin }, name, profile) {
  const page = await openPage(browser);
  try {
    if (profile) {
      const session = await page.context().newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", profile);
    }
    await page.goto(`${origin}/${name}`, { waitUntil: "commit" });
    const shown = await page.waitForFunction(() => globalThis.shownAt, null, { polling: 20 });
    return await shown.jsonValue();
  } catch (cause) {
    throw new Error(`the page ${name} did not show its button: ${page.complaints.join("; ") || "the console is empty"}`, { cause });
  } finally {
    await page.context().close();
  }
}

/** The compressed bytes of the default path: programs, module and stylesheet. */
async function bytes(browser, site) {
  site.sent.clear();
  await once(browser, site, "cold", null);
  return [...site.sent.values()].reduce((sum, size) => sum + size, 0);
}
