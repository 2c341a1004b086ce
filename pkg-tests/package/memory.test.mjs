/** F51: instances that are created and disposed of, and messages without end, leave nothing in memory. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOO_MANY_INSTANCES } from "../../tests/sentences.mjs";
import { ENDPOINT, EVENTS, startAuthority } from "../engines/stage.mjs";
import { launch, openPage } from "../support/chromium.mjs";
import { DEADLINE_MS, until, within } from "../support/deadline.mjs";

let browser;
before(async () => {
  browser = await launch({ flags: ["--js-flags=--expose-gc"] });
});
after(() => browser.close());

/** The most growth of the heap of JavaScript, in bytes: it is never constant, but leaked objects take more. */
const HEAP_PER_INSTANCE = 400;
const HEAP_PER_MESSAGE = 20;

/** Counts the open resources of the page by their constructors, and the module's memory. */
function count() {
  const open = { channels: new Set(), streams: new Set(), timers: new Set() };
  const counted = (name, kind) => {
    const Original = globalThis[name];
    globalThis[name] = class extends Original {
      constructor(...how) {
        super(...how);
        open[kind].add(this);
      }
      close() {
        open[kind].delete(this);
        super.close();
      }
    };
  };
  counted("BroadcastChannel", "channels");
  counted("EventSource", "streams");
  const { setTimeout, clearTimeout } = globalThis;
  globalThis.setTimeout = (act, ...how) => {
    const timer = setTimeout(() => (open.timers.delete(timer), act()), ...how);
    open.timers.add(timer);
    return timer;
  };
  globalThis.clearTimeout = (timer) => (open.timers.delete(timer), clearTimeout(timer));
  // The module may be started in either way.
  const keep = (instance) => {
    globalThis.memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    return instance;
  };
  const { instantiate, Instance } = WebAssembly;
  WebAssembly.instantiate = async (...how) => {
    const started = await instantiate(...how);
    keep(started instanceof Instance ? started : started.instance);
    return started;
  };
  WebAssembly.Instance = new Proxy(Instance, { construct: (kind, how) => keep(Reflect.construct(kind, how)) });
  const natives = () => [fetch, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send];
  const before = natives();
  // Until the instances that were garbage at the beginning have freed their parts of the module, too.
  globalThis.collect = async () => {
    let isFinalised = false;
    const registry = new FinalizationRegistry(() => (isFinalised = true));
    registry.register({});
    while (!isFinalised) await gc({ execution: "async" });
    return registry;
  };
  globalThis.held = async () => {
    const { held, pending } = await navigator.locks.query();
    return {
      channels: open.channels.size,
      streams: open.streams.size,
      timers: open.timers.size,
      locks: held.length + pending.length,
      patches: natives().filter((native, index) => native !== before[index]).length,
    };
  };
}

/** A page with the package and some tagged elements, and a function that measures its memory. */
async function stage(t) {
  const authority = await startAuthority(t);
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.addInitScript(count);
  await page.goto(`${authority.origin}/elsewhere.html`);
  await page.evaluate(
    async (options) => {
      globalThis.options = options;
      const cloak = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/permgate/cloak.css" });
      await new Promise((loaded) => {
        cloak.onload = loaded;
        document.head.append(cloak);
      });
      globalThis.permgate = await import("/permgate/index.js");
      await permgate.load();
      for (const name of ["invoice:view", "invoice:edit", "invoice:view & !invoice:delete"]) {
        const button = document.createElement("button");
        button.setAttribute("data-permission", name);
        document.body.append(button);
      }
    },
    // With modes, their chunk is loaded before the first measure, not when the page is idle in the middle.
    { endpoint: ENDPOINT, push: { events: EVENTS }, guard: { patch: ["fetch", "xhr"] }, modes: {} },
  );
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  /** The memory without garbage; collects several times, since finalisers make further garbage. */
  const size = async () => {
    for (let time = 0; time < 3; time += 1) await within("a collection", page.evaluate(async () => void (await collect())));
    const { metrics } = await devtools.send("Performance.getMetrics");
    const { JSEventListeners, Nodes, JSHeapUsedSize } = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    const wasm = await page.evaluate(() => memory.buffer.byteLength);
    return { listeners: JSEventListeners, nodes: Nodes, heap: JSHeapUsedSize, wasm };
  };
  return { authority, page, size };
}

/** This many instances at once take more of the module's memory than the instances that come and go after them. */
function allAtOnce(page, times) {
  return page.evaluate(async (times) => {
    const instances = [];
    for (let time = 0; time < times; time += 1) {
      instances.push(await permgate.createPermissions(options));
      instances[time].bind();
    }
    await Promise.all(instances.map((permissions) => permissions.whenReady()));
    for (const permissions of instances) permissions.dispose();
  }, times);
}

/**
 * Creates instances and disposes of them, in turn in each state that they pass. The module's part of
 * an instance is freed by a garbage collection, which is therefore run now and then.
 */
function comeAndGo(page, times) {
  return page.evaluate(async (times) => {
    for (let time = 0; time < times; time += 1) {
      const permissions = await permgate.createPermissions(options);
      const spoken = new Promise((resolve) => {
        permissions.on("activity", ({ kind }) => {
          if (kind === "message") resolve();
        });
      });
      permissions.bind();
      if (time % 4 > 0) await permissions.whenReady();
      if (time % 4 > 1) await spoken;
      if (time % 4 > 2) permissions.invalidate();
      permissions.dispose();
      if (time % 25 === 0) await collect();
    }
  }, times);
}

/** Pushes messages of all kinds, each change with its own version, and waits until the page is up to date. */
async function pushMany(authority, page, times) {
  for (let time = 0; time < times; time += 1) {
    const version = authority.document.version + 1;
    if (time % 3 === 0) authority.push("heartbeat", {});
    else authority.document = { ...authority.document, version };
    if (time % 3 === 1) authority.push("version", { version, subject: "u-17" });
    if (time % 3 === 2) authority.push("revoked", { version, subject: "u-17", permissions: ["invoice:edit", `r${version}:view`] });
  }
  await until("the page is up to date", () =>
    page.evaluate((version) => permissions.status === "fresh" && permissions.snapshot().version === version, authority.document.version),
  );
}

const NOTHING = { channels: 0, streams: 0, timers: 0, locks: 0, patches: 0 };
const ONE_OF_EACH = { channels: 1, streams: 1, timers: 1, locks: 1, patches: 3 };

test("F51 1 000 instances that were created and disposed of leave nothing in memory", async (t) => {
  const { authority, page, size } = await stage(t);
  const before = await size();
  await allAtOnce(page, 100);
  const early = await size();
  await within("900 instances", comeAndGo(page, 900), { deadlineMs: 6 * DEADLINE_MS });
  const late = await size();
  await until("the server has no stream left", () => authority.streams.size === 0);
  assert.deepEqual(await page.evaluate(() => held()), NOTHING);
  assert.deepEqual([late.listeners, late.nodes], [before.listeners, before.nodes]);
  assert.equal(late.wasm, early.wasm, "the module's memory grew");
  const grown = (late.heap - early.heap) / 900;
  assert.ok(grown < HEAP_PER_INSTANCE, `${grown} bytes are left of each instance`);
  assert.ok(authority.asked(EVENTS) >= 450, "too few instances opened their stream");
  // A hundred instances at once cause a warning.
  assert.equal(page.complaints.length, 1);
  assert.match(page.complaints[0], TOO_MANY_INSTANCES);
});

test("F51 10 000 pushed messages leave only the state of the last one in memory", async (t) => {
  const { authority, page, size } = await stage(t);
  await page.evaluate(async () => {
    globalThis.heard = 0;
    globalThis.permissions = await permgate.createPermissions(options);
    permissions.on("activity", ({ kind }) => (heard += kind === "message"));
    permissions.bind();
  });
  await until("the stream is open", () => authority.streams.size === 1);
  await pushMany(authority, page, 1_000);
  const early = await size();
  for (let thousand = 2; thousand <= 10; thousand += 1) await pushMany(authority, page, 1_000);
  const late = await size();
  assert.deepEqual(await page.evaluate(() => held()), ONE_OF_EACH);
  assert.deepEqual([late.listeners, late.nodes, late.wasm], [early.listeners, early.nodes, early.wasm]);
  const grown = (late.heap - early.heap) / 9_000;
  assert.ok(grown < HEAP_PER_MESSAGE, `${grown} bytes are left of each message`);
  assert.ok((await page.evaluate(() => heard)) > 6_000, "most messages caused no event");
  assert.equal(await page.evaluate(() => permissions.canAll(["invoice:view", "invoice:edit"])), true);
  assert.deepEqual(page.complaints, []);
});

/** Mounts and unmounts elements by the thousand, in every mode and in shadow roots. */
function mountAndUnmount(page, thousands) {
  return page.evaluate(async (thousands) => {
    const bound = async (size) => {
      while (binding.size !== size) await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    const modes = ["hide", "disable", "readonly", "inert", "remove"];
    const before = binding.size;
    for (let thousand = 0; thousand < thousands; thousand += 1) {
      const section = document.createElement("section");
      for (let index = 0; index < 1_000; index += 1) {
        const element = document.createElement(index % 2 === 0 ? "button" : "p");
        element.setAttribute("data-permission", index % 3 === 0 ? "invoice:view" : `no:${index % 7}`);
        element.setAttribute("data-permission-mode", modes[index % modes.length]);
        section.append(element);
      }
      const host = document.createElement("div");
      host.attachShadow({ mode: "open" }).append(section);
      document.body.append(host);
      await bound(before + 1_000);
      host.remove();
      await bound(before);
    }
  }, thousands);
}

/** The most memory that may be left of a removed element, in bytes. */
const HEAP_PER_ELEMENT = 2;

test("F51 100 000 elements that were mounted and unmounted leave nothing in memory", async (t) => {
  const { page, size } = await stage(t);
  await page.evaluate(async () => {
    globalThis.permissions = await permgate.createPermissions(options);
    globalThis.binding = permissions.bind();
    await permissions.whenReady();
  });
  await mountAndUnmount(page, 20);
  const early = await size();
  await within("80 000 elements", mountAndUnmount(page, 80), { deadlineMs: 6 * DEADLINE_MS });
  const late = await size();
  assert.deepEqual([late.listeners, late.nodes, late.wasm], [early.listeners, early.nodes, early.wasm]);
  const grown = (late.heap - early.heap) / 80_000;
  assert.ok(grown < HEAP_PER_ELEMENT, `${grown} bytes are left of each element`);
  t.diagnostic(`${grown.toFixed(3)} bytes of heap are left of each element, ${late.wasm} bytes of the module's memory before and after`);
  assert.deepEqual(page.complaints, []);
});
