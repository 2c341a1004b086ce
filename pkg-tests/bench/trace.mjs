/** Where the time of the start goes, in Chromium and Firefox: with an empty cache and with a full one, on two lines. */

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { headTags } from "permgate/tags";
import { until } from "../support/deadline.mjs";
import { launch } from "../support/engines.mjs";
import { median, rowAlone } from "./rounds.mjs";
import { replacePart } from "./start-document.mjs";
import { DOCUMENT, programs, type } from "./start.mjs";

const ROUNDS = 7;
const ENGINES = ["chromium", "firefox"];

/** The lines: the time of an answer's first byte in ms, and the bytes per ms that all answers share. */
const LINES = { loopback: null, "1.6 Mbit/s, 150 ms": { latency: 150, rate: 1.6e6 / 8 / 1_000 } };

/** The pages, by the first letter of their address: which tags their head has. */
const PAGES = { n: "without tags", t: "with tags", f: "with tags and a first look" };

/** The bytes that are sent at a time. */
const PIECE = 2_048;

/** The program marks the time of each step. */
const PROGRAM = {
  code: `import { createPermissions } from "permgate";
    performance.mark("evaluated");
    const permissions = await createPermissions({ endpoint: "/document", push: { events: "/events" } });
    performance.mark("created");
    permissions.bind(document);
    performance.mark("bound");`,
};

/** Runs first in the page: records when the module was compiled and instantiated, and when the button was shown. */
const WATCH = `
  for (const [owner, name, mark] of [[WebAssembly, "compileStreaming", "compile"], [WebAssembly, "instantiate", "instantiate"]]) {
    const original = owner[name];
    owner[name] = (...given) => {
      performance.mark(mark + "-begins");
      const result = original.apply(owner, given);
      result.then(() => performance.mark(mark + "-ends"));
      return result;
    };
  }
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("button");
    new MutationObserver(() => {
      if (button.dataset.permissionState !== "granted" || performance.getEntriesByName("shown").length > 0) return;
      performance.mark("shown");
      requestAnimationFrame(() => setTimeout(() => performance.mark("painted")));
    }).observe(button, { attributes: true });
  });`;

/** The moments, in ms after the navigation. */
const MOMENTS = {
  "program downloaded": (page) => page.resource("/main.js").responseEnd,
  "program evaluated": (page) => page.mark("evaluated"),
  "module asked for": (page) => page.resource("permgate.wasm").startTime,
  "module downloaded": (page) => page.resource("permgate.wasm").responseEnd,
  "module compiled": (page) => page.mark("compile-ends"),
  "module instantiated": (page) => page.mark("instantiate-ends"),
  "document asked for": (page) => page.resource("/document").startTime,
  "document there": (page) => page.resource("/document").responseEnd,
  "instance made": (page) => page.mark("created"),
  "page bound": (page) => page.mark("bound"),
  "button granted": (page) => page.mark("shown"),
  "button painted": (page) => page.mark("painted"),
};

/** Measures, writes the table into the documentation, and returns the rows of the report. */
export async function traceRows() {
  const folder = await mkdtemp(join(tmpdir(), "permgate-trace-"));
  const files = await programs(folder, { trace: PROGRAM });
  const columns = {};
  try {
    for (const engine of ENGINES) {
      const { driver, stop } = await launch(engine);
      try {
        for (const [line, conditions] of Object.entries(LINES)) await visits(driver, files, conditions, (tags, cache) => column(columns, `${engine}, ${line}, ${tags}, ${cache}`));
      } finally {
        await stop();
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  await replacePart("trace", table(columns));
  const rows = Object.entries(columns).flatMap(([name, moments]) => Object.entries(moments).map(([moment, list]) => rowAlone(`trace, ${name}: ${moment}`, median(list), "ms")));
  return { rows };
}

function column(columns, name) {
  return (columns[name] ??= Object.fromEntries(Object.keys(MOMENTS).map((moment) => [moment, []])));
}

/** Visits pages at new addresses, each twice: the second time everything but the document comes from the cache. */
async function visits(driver, files, conditions, columnOf) {
  const site = await serve(files, conditions);
  try {
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [letter, tags] of Object.entries(PAGES)) {
        for (const cache of ["cold", "warm"]) {
          const entries = await visit(driver, `${site.origin}/${letter}${round + 1}/`);
          if (round < 0) continue;
          const found = columnOf(tags, cache);
          for (const [moment, read] of Object.entries(MOMENTS)) found[moment].push(read(reader(entries)));
        }
      }
    }
  } finally {
    site.close();
  }
}

async function visit(driver, address) {
  await driver.get("about:blank");
  await driver.get(address);
  await until("the button is painted", () => driver.executeScript("return performance.getEntriesByName('painted').length > 0"));
  return driver.executeScript("return performance.getEntries().map(({ name, startTime, responseEnd }) => ({ name, startTime, responseEnd }))");
}

function reader(entries) {
  const none = { startTime: Number.NaN, responseEnd: Number.NaN };
  return {
    mark: (name) => (entries.find((entry) => entry.name === name) ?? none).startTime,
    resource: (end) => entries.find((entry) => entry.name.endsWith(end)) ?? none,
  };
}

/** Serves pages of any number, each with its own addresses for files, which may be cached for ever. */
async function serve(files, conditions) {
  let free = Promise.resolve();
  /** Sends an answer at the speed of the line: the first byte after the latency, and then the bytes of all answers in turn. */
  async function send(response, kind, body, caching, more = {}) {
    response.writeHead(200, { "content-type": kind, "cache-control": caching, ...more });
    if (!conditions) return response.end(body);
    await wait(conditions.latency);
    for (let from = 0; from < body.length; from += PIECE) {
      const piece = body.subarray(from, from + PIECE);
      free = free.then(() => wait(piece.length / conditions.rate)).then(() => response.write(piece));
      await free;
    }
    return response.end();
  }
  const kept = "public, max-age=31536000, immutable";
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/document") return send(response, "application/json", Buffer.from(JSON.stringify(DOCUMENT)), "no-store", { etag: '"1"' });
    if (pathname === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" });
      return response.write('event: version\ndata: {"version":1,"subject":"u-17"}\n\n');
    }
    const [, page, file] = /^\/([ntf]\d+)\/(.*)$/.exec(pathname) ?? [];
    if (page === undefined) return response.writeHead(204).end();
    if (file === "") return send(response, "text/html; charset=utf-8", Buffer.from(html(page)), "no-store");
    const body = files.get(`/${file}`) ?? files.get(`/trace/${file}`);
    return body ? send(response, type(file), body, kept, { "content-encoding": "br" }) : response.writeHead(404).end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}

function html(page) {
  const tags = {
    stylesheet: "cloak.css",
    ...(page.startsWith("n") ? {} : { module: "permgate.wasm" }),
    ...(page.startsWith("f") ? { firstLook: { src: "first-look.js", endpoint: "/document" } } : {}),
  };
  return `<!doctype html><meta charset="utf-8"><title>trace</title><link rel="icon" href="data:,">
    <script>${WATCH}</script>
    ${headTags(tags)}
    <script type="module" src="main.js"></script>
    <button id="button" data-permission="module0:edit">Edit</button>`;
}

/** A table for each engine and line: a row for each moment, a column for each way. */
function table(columns) {
  const groups = grouped(Object.keys(columns));
  return [...groups]
    .map(([group, names]) => {
      const titles = [group, ...names.map((name) => name.slice(group.length + 2))];
      const rows = Object.keys(MOMENTS).map((moment) => [moment, ...names.map((name) => Math.round(median(columns[name][moment])))]);
      return [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    })
    .join("\n\n");
}

function groupOf(name) {
  return name.slice(0, name.lastIndexOf(", with"));
}

function grouped(names) {
  const groups = new Map();
  for (const name of names) groups.set(groupOf(name), [...(groups.get(groupOf(name)) ?? []), name]);
  return groups;
}
