/** The adapters for React, Vue and Svelte with a fake instance in jsdom: which of its parts a guard shows at each change, and what is said where there is no provider. */

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { HERE } from "../support/permgate-folder.mjs";
import { bundle } from "./adapters/build.mjs";
import { openWindow } from "./adapters/dom/window.mjs";
import { AS_GRACE, followUsers } from "./adapters/users.mjs";

/** By name: the application, with other versions of packages. */
const APPLICATIONS = {
  "React 19": ["dom/react.jsx"],
  "React 18": ["dom/react.jsx", { react: "react-18", "react-dom": "react-dom-18" }],
  "Vue 3": ["dom/vue.js"],
  "Svelte 5": ["dom/svelte.svelte.js"],
};

// Before anything that looks for a document is imported.
openWindow();
// React's renderer for servers keeps a channel open, for which this process would not end.
globalThis.MessageChannel = class {
  port1 = { onmessage() {} };
  port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) };
};
const { fakePermissions } = await import("permgate/testing");

const applications = {};
let folder;
before(async () => {
  folder = await mkdtemp(join(HERE, "package/adapters/built-dom-"));
  for (const [name, [file, alias]] of Object.entries(APPLICATIONS)) {
    const path = join(folder, `${name.replace(" ", "-")}.mjs`);
    await writeFile(path, await bundle(file, alias));
    applications[name] = await import(pathToFileURL(path));
  }
});
after(() => rm(folder, { recursive: true }));

/** A turn of the event loop, after which frameworks have nothing left to render. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The application of a framework, with a fake instance; `shown` lists the elements that are not shut. */
async function open(t, name, { granted = [], status = "fresh", ...properties }) {
  const fake = fakePermissions(granted, { status });
  t.after(() => fake.dispose());
  const bound = [];
  const bind = (root) => (bound.push(root), { disconnect: () => bound.splice(bound.indexOf(root), 1) });
  // The module does not bind a document that is made of jsdom and Node.js.
  const permissions = new Proxy(fake, { get: (target, name) => (name === "bind" ? bind : target[name]) });
  const target = document.body.appendChild(document.createElement("div"));
  const app = applications[name].mount(target, { permissions, ...properties });
  let isMounted = true;
  const unmount = async () => {
    if (isMounted) await app.unmount();
    isMounted = false;
  };
  t.after(async () => {
    await unmount();
    target.remove();
  });
  await turn();
  const isShut = (element) => element.closest("[style*='none']") !== null;
  return {
    permissions,
    bound,
    unmount,
    find: (id) => target.querySelector(`#${id}`),
    async shown() {
      await turn();
      return [...target.querySelectorAll("[id]")].filter((element) => !isShut(element)).map(({ id }) => id).filter((id) => !/^(may|wait)/.test(id)).join(" ");
    },
    /** The text of the element with the user; undefined if there is none. */
    async user() {
      await turn();
      return target.querySelector("u")?.textContent;
    },
    async parts() {
      await turn();
      return [...target.querySelectorAll("i")].map(({ id }) => id).join(" ");
    },
    async set(next) {
      await app.set({ permissions, ...next });
      await turn();
    },
  };
}

/** What a page carries: a document, and answers of which one is about a resource. */
const CARRIED = { v: 1, document: { permissions: [] }, language: {}, decisions: { "invoice:view": "granted", "invoice:edit": "granted", "invoice:edit\ninvoices/1": "denied" }, asOf: Date.now(), subject: null, tenant: null };

const onBoth = { grants: [1, 2].map((number) => ({ permission: "invoice:view", resource: `invoices/${number}`, effect: "allow" })) };

for (const name of Object.keys(APPLICATIONS)) {
  test(`${name}: a page about another resource, or with another requirement, begins anew, also if both are granted`, async (t) => {
    const { find, set, shown } = await open(t, name, { granted: onBoth, resource: "invoices/1" });
    const notes = [find("note")];
    for (const next of [{ resource: "invoices/2" }, { requirement: "invoice:*", resource: "invoices/2" }]) {
      await set(next);
      assert.equal(await shown(), next.requirement ? "left" : "note");
      notes.push(find("note"));
    }
    assert.ok(notes[0] && notes[1] && notes[0] !== notes[1]);
    assert.equal(notes[2], null);
  });

  test(`${name}: with another requirement that is granted, a page begins anew`, async (t) => {
    const { find, set, shown } = await open(t, name, { granted: ["invoice:view", "report:view"] });
    const note = find("note");
    await set({ requirement: "report:view" });
    assert.equal(await shown(), "note");
    assert.notEqual(find("note"), note);
  });

  test(`${name}: an open page is not kept for another question whose answer is unknown`, async (t) => {
    const { find, permissions, set, shown } = await open(t, name, { granted: onBoth, resource: "invoices/1" });
    permissions.setStatus("loading");
    assert.equal(await shown(), "fallback");
    assert.notEqual(find("note"), null);
    await set({ resource: "invoices/2" });
    assert.deepEqual([await shown(), find("note")], ["fallback", null]);
  });

  test(`${name}: a page that was denied is not kept while the answer is unknown afterwards`, async (t) => {
    const { find, permissions, shown } = await open(t, name, { granted: ["invoice:view"] });
    permissions.setDocument([]);
    assert.equal(await shown(), "left");
    permissions.setStatus("loading");
    assert.deepEqual([await shown(), find("note")], ["fallback", null]);
  });

  test(`${name}: an open page is kept while loading fails, the fallback knows the status, and the page opens with its values`, async (t) => {
    const { find, permissions, shown } = await open(t, name, { granted: ["invoice:view"] });
    const note = find("note");
    note.value = "half a sentence";
    for (const status of ["loading", "failed"]) {
      permissions.setStatus(status);
      assert.deepEqual([await shown(), find("fallback").textContent, find("note")], ["fallback", status, note]);
    }
    permissions.setStatus("fresh");
    assert.deepEqual([await shown(), find("note"), note.value], ["note", note, "half a sentence"]);
  });

  test(`${name}: a page that opens and is unknown again before it is rendered is shut`, async (t) => {
    const { find, permissions, shown } = await open(t, name, { granted: ["invoice:view"], status: "loading" });
    permissions.setStatus("fresh");
    permissions.setStatus("loading");
    assert.equal(await shown(), "fallback");
    permissions.setStatus("fresh");
    assert.equal(await shown(), "note");
    assert.notEqual(find("note"), null);
  });

  test(`${name}: the focus that a page had when it was shut comes back once, and is not taken by later changes`, async (t) => {
    const { find, permissions, shown } = await open(t, name, { granted: ["invoice:view"] });
    const note = find("note");
    note.focus();
    permissions.setStatus("loading");
    await shown();
    note.blur();
    permissions.setStatus("fresh");
    await shown();
    assert.equal(document.activeElement, note);
    note.blur();
    permissions.grant("report:view");
    await shown();
    assert.equal(document.activeElement, document.body);
  });

  test(`${name}: where nobody is signed in, a guard shows what it shows when it is denied, unless it has something of its own`, async (t) => {
    const { permissions, set, shown } = await open(t, name, { granted: ["invoice:view"] });
    permissions.setStatus("unauthenticated");
    assert.equal(await shown(), "left");
    if (name === "Vue 3") return;
    await set({ unauthenticated: true });
    assert.equal(await shown(), "sign-in");
    permissions.setDocument([]);
    permissions.setStatus("fresh");
    assert.equal(await shown(), "left");
  });

  test(`${name}: the user follows a sign-in, another user and a sign-out, and other changes cause no render`, async (t) => {
    const stage = await open(t, name, { granted: AS_GRACE });
    const { permissions, set, unmount, user } = stage;
    const isRendered = await followUsers({ ...stage, settle: turn, renders: applications[name].renders });
    await set({ isUserLeftOut: true });
    assert.equal(await user(), undefined);
    assert.equal(await isRendered(() => permissions.setDocument({ subject: "grace", permissions: [] })), false);
    await set({});
    assert.equal(await user(), "grace");
    await unmount();
    assert.equal(await isRendered(() => permissions.setDocument({ subject: "ada", permissions: [] })), false);
  });

  test(`${name}: the document is bound by default${name.startsWith("React") ? " only if the provider is told to" : ""}`, async (t) => {
    const counts = [];
    for (const bind of [undefined, true, false]) {
      const { bound, unmount } = await open(t, name, { granted: ["invoice:view"], bind });
      counts.push(bound.length);
      assert.ok(bound.every((root) => root === document));
      await unmount();
      assert.equal(bound.length, 0);
    }
    assert.deepEqual(counts, [name.startsWith("React") ? 0 : 1, 1, 0]);
  });

  test(`${name}: without a provider, an error says so`, () => {
    const { code, message } = applications[name].withoutProvider();
    assert.equal(code, "no-provider");
    assert.match(message, /^permgate: /);
  });
}

for (const name of Object.keys(APPLICATIONS).filter((name) => name.startsWith("React"))) {
  test(`${name}: <Can> asks about its resource, and shows \`loading\`, or else \`fallback\`, while that is unknown or could not be loaded`, async (t) => {
    const granted = { grants: [{ permission: "invoice:edit", resource: "invoices/1", effect: "allow" }] };
    const { parts, permissions, set } = await open(t, name, { granted, resource: "invoices/1" });
    const seen = [await parts()];
    await set({ resource: "invoices/2" });
    seen.push(await parts());
    for (const status of ["loading", "failed", "unauthenticated"]) {
      permissions.setStatus(status);
      seen.push(await parts());
    }
    assert.deepEqual(seen, ["may may-now", "may-not may-not-now", "may-not wait", "may-not wait", "may-not may-not-now"]);
  });

  test(`${name}: while a server renders, only what the page carries answers, as in the first render of the browser`, (t) => {
    // Since there is a document here, React 18 complains of layout effects.
    t.mock.method(console, "error", () => undefined);
    const permissions = fakePermissions(["invoice:view", "invoice:edit"]);
    t.after(() => permissions.dispose());
    const { render } = applications[name];
    assert.deepEqual(render({ permissions }), { ids: "fallback may-not wait", state: ["loading", true, null, false, null] });
    assert.deepEqual(render({ permissions, dehydrated: CARRIED }), { ids: "note may may-now", state: ["fresh", true, null, true, null] });
    assert.equal(render({ permissions, dehydrated: { ...CARRIED, subject: "u-1" } }).state[4], "u-1");
    assert.deepEqual(render({ permissions, dehydrated: CARRIED, resource: "invoices/1" }), { ids: "fallback may-not may-not-now", state: ["fresh", true, null, false, null] });
    assert.deepEqual(render({ permissions, dehydrated: { ...CARRIED, document: null, decisions: {} }, unauthenticated: true }).ids, "sign-in may-not may-not-now");
  });

  test(`${name}: until the instance is there, what the page carries answers, also about a resource`, async (t) => {
    const carried = { permissions: new Promise(() => {}), dehydrated: CARRIED };
    const { parts, set, shown } = await open(t, name, carried);
    assert.deepEqual([await shown(), await parts()], ["note", "may may-now"]);
    await set({ ...carried, resource: "invoices/1" });
    assert.deepEqual([await shown(), await parts()], ["fallback", "may-not may-not-now"]);
  });

  test(`${name}: a function is called once, although each render passes a new one`, async (t) => {
    const calls = [];
    const make = () => {
      const permissions = fakePermissions(["invoice:view"]);
      t.after(() => permissions.dispose());
      calls.push(permissions);
      return permissions;
    };
    const { set, shown } = await open(t, name, { permissions: () => make() });
    assert.equal(await shown(), "note");
    // Strict mode runs effects twice.
    assert.equal(calls.length, 2);
    await set({ permissions: () => make() });
    assert.deepEqual([await shown(), calls.length], ["note", 2]);
  });
}

test("Vue 3: a gate without a requirement is open, and one with a route asks for all that the route needs; the worst answer decides", async (t) => {
  const route = (...permissions) => ({ fullPath: "/", params: {}, matched: permissions.map((permission) => ({ meta: permission ? { permission } : {} })) });
  const { find, permissions, set, shown } = await open(t, "Vue 3", { granted: ["invoice:view"], status: "loading", requirement: null });
  assert.equal(await shown(), "note");
  await set({ requirement: null, route: route(undefined) });
  assert.equal(await shown(), "note");
  permissions.setStatus("fresh");
  await set({ requirement: null, route: route("invoice:view") });
  assert.equal(await shown(), "note");
  await set({ requirement: null, route: route("invoice:view", "report:view") });
  assert.equal(await shown(), "left");
  await set({ requirement: "report:view", route: route("invoice:view") });
  assert.equal(await shown(), "left");
  permissions.setStatus("failed");
  // A malformed name is denied, whatever is known.
  await set({ requirement: "invoice:view", route: route("a &") });
  assert.equal(await shown(), "left");
  permissions.setStatus("unauthenticated");
  assert.equal(await shown(), "left");
  assert.equal(find("note"), null);
});

/** An element that counts what is written to it. */
function counting() {
  const element = document.createElement("p");
  const writes = [];
  const write = (name) => (...parameters) => (writes.push([name, parameters[0]]), Element.prototype[name].apply(element, parameters));
  return { element: Object.assign(element, { setAttribute: write("setAttribute"), removeAttribute: write("removeAttribute") }), writes };
}

test("Vue 3: a page that was denied for a moment is not kept either", async (t) => {
  const { find, permissions, shown } = await open(t, "Vue 3", { granted: ["invoice:view"] });
  permissions.setDocument([]);
  permissions.setStatus("loading");
  assert.deepEqual([await shown(), find("note")], ["fallback", null]);
});

test("Vue 3: v-can writes the requirement, the resource and the mode, and only what has changed", () => {
  const { vCan } = applications["Vue 3"];
  const { element, writes } = counting();
  const attributes = () => ["", "-resource", "-mode"].map((end) => element.getAttribute(`data-permission${end}`));
  vCan.created(element, { value: ["invoice:edit", "invoices/1"], modifiers: { disable: true } });
  assert.deepEqual(attributes(), ["invoice:edit", "invoices/1", "disable"]);
  writes.length = 0;
  vCan.beforeUpdate(element, { value: ["invoice:edit", "invoices/2"], modifiers: { disable: true } });
  assert.deepEqual([attributes(), writes], [["invoice:edit", "invoices/2", "disable"], [["setAttribute", "data-permission-resource"]]]);
  vCan.beforeUpdate(element, { value: "invoice:view", modifiers: {} });
  assert.deepEqual(attributes(), ["invoice:view", null, null]);
});

test("Vue 3: on a server v-can writes that an element is granted, by its requirement and resource", () => {
  const { permgate, vCan } = applications["Vue 3"];
  const permissions = fakePermissions({ permissions: ["invoice:view"], grants: [{ permission: "invoice:edit", resource: "invoices/1", effect: "allow" }] });
  const provides = {};
  const app = { provide: (key, value) => (provides[key] = value), directive() {}, onUnmount() {} };
  permgate.install(app, { permissions, bind: false });
  const propsOf = (value, modifiers = {}, instance = { $: { appContext: { provides } } }) => vCan.getSSRProps({ value, modifiers, instance });
  const states = ["invoice:view", ["invoice:edit", "invoices/1"], ["invoice:edit", "invoices/2"], "invoice:edit"].map((value) => propsOf(value)["data-permission-state"]);
  assert.deepEqual(states, ["granted", "granted", undefined, undefined]);
  assert.deepEqual(propsOf(["invoice:edit", "invoices/1"], { hide: true }), { "data-permission": "invoice:edit", "data-permission-resource": "invoices/1", "data-permission-mode": "hide", "data-permission-state": "granted" });
  assert.equal(propsOf("invoice:view", {}, null)["data-permission-state"], undefined);
  permissions.dispose();
});

test("Vue 3: with a router, the plugin needs `to` and an instance, guards with all its options, and stops when the application ends", async () => {
  const { permgate } = applications["Vue 3"];
  const permissions = fakePermissions([]);
  const guards = new Set();
  const others = new Set();
  const listened = (list) => (listener) => (list.add(listener), () => list.delete(listener));
  const replaced = [];
  const invoices = { fullPath: "/invoices", params: {}, matched: [{ meta: { permission: "invoice:view" } }] };
  const router = { beforeEach: listened(guards), beforeResolve: listened(others), afterEach: listened(others), onError: listened(others), replace: async (to) => void replaced.push(to), currentRoute: { value: { ...invoices, matched: [] } } };
  const endings = [];
  const app = { provide() {}, directive() {}, onUnmount: (end) => endings.push(end) };
  for (const wrong of [{ permissions }, { to: "/" }, { to: "/", permissions: () => permissions }]) {
    assert.throws(() => permgate.install(app, { bind: false, router, ...wrong }), { code: "invalid-option" });
  }
  assert.equal(guards.size, 0);
  permgate.install(app, { permissions, bind: false, router, to: "/elsewhere", signIn: "/sign-in" });
  const [guard] = guards;
  const entered = [await guard(invoices)];
  permissions.setStatus("unauthenticated");
  entered.push(await guard(invoices));
  assert.deepEqual(entered, ["/elsewhere", "/sign-in"]);
  endings.forEach((end) => end());
  assert.equal(guards.size + others.size, 0);
  permissions.dispose();
});

test("Svelte 5: an effect follows the answers, and no listener is left when it has ended", () => {
  let granted = false;
  const listeners = new Set();
  const holder = { can: () => granted, subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)) };
  const { answers, flush, end } = applications["Svelte 5"].follow(holder);
  assert.equal(listeners.size, 1);
  granted = true;
  for (const listener of listeners) listener();
  flush();
  assert.deepEqual(answers, [false, true]);
  end();
  return turn().then(() => assert.equal(listeners.size, 0));
});
