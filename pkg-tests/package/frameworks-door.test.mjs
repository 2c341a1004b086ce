/** The instance in frameworks without an adapter: React's own hook, Vue's reactive state, and rendered elements in the mode `remove`. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLOAK_IS_MISSING, FRAMEWORK_RENDERED_IT } from "../../tests/sentences.mjs";
import { launch, openPage } from "../support/chromium.mjs";
import { bundle, serveApplications } from "./frameworks/build.mjs";

let browser;
before(async () => {
  browser = await launch({ flags: ["--js-flags=--expose-gc"] });
});
after(() => browser.close());

const FILES = { React: "door-react.jsx", Vue: "door-vue.js" };
const PAGE = (cloak, body) => `<!doctype html><meta charset="utf-8"><title>door</title>
${cloak ? '<link rel="stylesheet" href="/permgate/cloak.css">' : ""}<div id="target">${body}</div>`;

/** Opens a page with this markup and the bundle of the application. */
async function open(t, file, { cloak = true, mode = "development", body = "" } = {}) {
  const bundles = file ? { "/door.js": bundle(file, { mode }) } : {};
  const answer = (path) => (path === "/" ? { status: 200, headers: { "content-type": "text/html" }, body: PAGE(cloak, body) } : undefined);
  const server = await serveApplications(t, bundles, { answer });
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(`${server.origin}/`);
  return page;
}

for (const [framework, file] of Object.entries(FILES)) {
  for (const mode of ["development", "production"]) {
    test(`${framework} (${mode}) reads an instance without an adapter, renders its changes, and survives the mode \`remove\`, which is reported`, async (t) => {
      const page = await open(t, file, { mode });
      const seen = await page.evaluate(async () => {
        const { createPermissions } = await import("/permgate/index.js");
        const { mount } = await import("/door.js");
        const permissions = await createPermissions({ bootstrap: { subject: "u-1", permissions: ["invoice:edit"] }, modes: {} });
        const errors = [];
        permissions.on("error", ({ code, message, element }) => errors.push([code, message, element?.id]));
        const target = document.getElementById("target");
        const more = mount(target, permissions);
        permissions.bind();
        const shown = [target.querySelector("output").textContent];
        await more();
        shown.push(document.getElementById("more")?.textContent, document.getElementById("removed").checkVisibility());
        permissions.signOut();
        return { shown, errors };
      });
      await page.waitForFunction(() => document.querySelector("output").textContent === "unauthenticated false");
      assert.deepEqual(seen.shown, ["fresh true", "More", false]);
      assert.equal(seen.errors.length, 1);
      const [code, message, id] = seen.errors[0];
      assert.equal(code, "unsafe-mode");
      assert.match(message, FRAMEWORK_RENDERED_IT(framework));
      assert.equal(id, "removed");
      assert.deepEqual(page.complaints, []);
    });
  }
}

test("a question during a render that finds the set expired does not update React in the middle of the render", async (t) => {
  const page = await open(t, FILES.React);
  await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const { mount } = await import("/door.js");
    const permissions = await createPermissions({ bootstrap: ["invoice:edit"], ttlMs: 1000, staleMs: 0 });
    const target = document.getElementById("target");
    const more = mount(target, permissions);
    await null;
    const { now } = Date;
    Date.now = () => now() + 60_000;
    // This render is the first to ask in its turn of the event loop.
    more();
  });
  await page.waitForFunction(() => document.querySelector("output").textContent === "expired false");
  assert.deepEqual(page.complaints, []);
});

test("the mode `remove` still takes out elements that no framework rendered", async (t) => {
  const page = await open(t, undefined, { body: '<p id="removed" data-permission="a" data-permission-mode="remove">Delete</p>' });
  const seen = await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const permissions = await createPermissions({ bootstrap: [] });
    permissions.bind();
    return document.getElementById("removed");
  });
  assert.equal(seen, null);
});

test("bind warns once if cloak.css is not on the page, and does not warn if it is", async (t) => {
  const warnings = async (cloak) => {
    const page = await open(t, undefined, { cloak });
    await page.clock.install();
    await page.evaluate(async () => {
      const { createPermissions } = await import("/permgate/index.js");
      for (let i = 0; i < 3; i += 1) (await createPermissions({ bootstrap: [] })).bind();
    });
    await page.clock.runFor(100);
    return page.complaints;
  };
  assert.deepEqual(await warnings(true), []);
  const [warning, ...others] = await warnings(false);
  assert.match(warning, CLOAK_IS_MISSING);
  assert.deepEqual(others, []);
});

test("F51 without a reference, an instance with a binding is not garbage collected, and an instance without a binding is", async (t) => {
  const page = await open(t, undefined, { body: '<b id="bound" data-permission="a">a</b>' });
  const seen = await page.evaluate(async () => {
    const { createPermissions } = await import("/permgate/index.js");
    const end = new AbortController();
    const make = async (use) => {
      const permissions = await createPermissions({ bootstrap: ["a"], signal: end.signal });
      use(permissions);
      return new WeakRef(permissions.can);
    };
    await make((permissions) => void permissions.bind());
    const unbound = await make(() => undefined);
    for (let i = 0; i < 20 && unbound.deref(); i += 1) {
      await new Promise(requestAnimationFrame);
      gc();
    }
    const isShown = () => document.getElementById("bound").checkVisibility();
    const before = isShown();
    // Only an instance that was not collected gets this change.
    end.abort();
    return { before, after: isShown(), isCollected: unbound.deref() === undefined };
  });
  assert.deepEqual(seen, { before: true, after: false, isCollected: true });
});

test("F48 after a crash bound elements of all bindings and modes are hidden, and shown again with the fresh set", async (t) => {
  const body = `<button id="granted" data-permission="a">a</button><button id="denied" data-permission="b">b</button>
    <button id="disabled" data-permission="b" data-permission-mode="disable">b</button>
    <section><p id="removed" data-permission="b" data-permission-mode="remove">b</p></section>`;
  const page = await open(t, undefined, { body });
  await page.route("**/me", (route) => route.fulfill({ json: { subject: "u-1", version: 1, permissions: ["a"] } }));
  const seen = await page.evaluate(async () => {
    const memories = [];
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
      const result = await instantiate(...given);
      memories.push(Object.values((result.instance ?? result).exports).find((value) => value instanceof WebAssembly.Memory));
      return result;
    };
    const { createPermissions } = await import("/permgate/index.js");
    const target = document.getElementById("target");
    const look = () => ({
      shown: ["granted", "denied", "disabled"].filter((id) => document.getElementById(id).checkVisibility({ visibilityProperty: true, opacityProperty: true })).join(),
      isDisabled: document.getElementById("disabled").disabled,
      isOut: document.getElementById("removed") === null,
    });
    const permissions = await createPermissions({ endpoint: "/me", tabs: false });
    permissions.on("error", () => undefined);
    const before = target.innerHTML;
    const [binding, other] = [permissions.bind(), permissions.bind(target)];
    await permissions.whenReady();
    const looks = [look()];
    const [memory] = memories;
    memory.grow(65536 - memory.buffer.byteLength / 65536);
    permissions.can("x".repeat(64 * 1024 * 1024));
    looks.push(look());
    await permissions.whenReady();
    looks.push(look());
    const late = Object.assign(document.createElement("i"), { textContent: "late" });
    late.setAttribute("data-permission", "a");
    target.append(late);
    await null;
    looks.push(late.checkVisibility());
    late.remove();
    await null;
    other.disconnect();
    binding.disconnect();
    return { looks, isAsBefore: target.innerHTML === before, sheets: document.adoptedStyleSheets.length, size: binding.size };
  });
  const working = { shown: "granted,disabled", isDisabled: true, isOut: true };
  const [first, crashed, again, late] = seen.looks;
  assert.deepEqual(first, working);
  assert.equal(crashed.shown, "");
  assert.deepEqual(again, working);
  assert.equal(late, true);
  assert.deepEqual([seen.isAsBefore, seen.sheets, seen.size], [true, 0, 0]);
  assert.deepEqual(page.complaints, []);
});
