/** Angular's `*permgateCan` with a fake instance in jsdom: which views it shows at each change, and which it keeps. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { importAngular } from "./adapters/angular.mjs";
import { openWindow } from "./adapters/dom/window.mjs";
import { AS_GRACE, followUsers } from "./adapters/users.mjs";

// Before anything that looks for a document is imported.
openWindow();
const { fakePermissions } = await import("permgate/testing");

let application;
let remove;
before(async () => {
  ({ application, remove } = await importAngular("guarded"));
});
after(() => remove?.());

/** The application with a fake instance; `shown` lists its elements that are not shut, in their order. */
async function open(t, { granted = [], status = "fresh", ...options }) {
  const permissions = fakePermissions(granted, { status });
  const target = document.body.appendChild(document.createElement("div"));
  const app = await application.mount(target, { permissions, ...options });
  t.after(() => {
    app.unmount();
    target.remove();
    permissions.dispose();
  });
  const isShut = (element) => element.closest("[style*='none']") !== null;
  return {
    permissions,
    find: (id) => target.querySelector(`#${id}`),
    set: app.set,
    provide: app.provide,
    settle: app.settle,
    async user() {
      await app.settle();
      return target.querySelector("u").textContent;
    },
    async shown() {
      await app.settle();
      return [...target.querySelectorAll("[id]")].filter((element) => !isShut(element)).map(({ id }) => id).join(" ");
    },
  };
}

const onBoth = { grants: [1, 2].map((number) => ({ permission: "invoice:view", resource: `invoices/${number}`, effect: "allow" })) };

test("an element about another resource, or with another requirement, is made anew, also if both are granted", async (t) => {
  const { find, set, shown, permissions } = await open(t, { granted: onBoth, resource: "invoices/1", keep: true });
  const notes = [find("note")];
  for (const next of [{ resource: "invoices/2" }, { requirement: "report:view", resource: "invoices/2" }]) {
    permissions.grant("report:view");
    await set({ ...next, keep: true });
    assert.equal(await shown(), "note");
    notes.push(find("note"));
  }
  assert.equal(new Set(notes).size, 3);
});

test("the user follows a sign-in, another user and a sign-out, and other changes run no effect", async (t) => {
  const stage = await open(t, { granted: AS_GRACE });
  await followUsers({ ...stage, renders: application.renders });
});

test("a change that concerns another permission leaves the element", async (t) => {
  const { find, shown, permissions } = await open(t, { granted: onBoth, resource: "invoices/1" });
  const note = find("note");
  permissions.grant("report:view");
  assert.equal(await shown(), "note");
  assert.equal(find("note"), note);
});

test("an element is not kept for another question whose answer is unknown", async (t) => {
  const { find, set, shown, permissions } = await open(t, { granted: onBoth, resource: "invoices/1", keep: true });
  permissions.setStatus("loading");
  assert.equal(await shown(), "fallback");
  assert.notEqual(find("note"), null);
  await set({ resource: "invoices/2", keep: true });
  assert.deepEqual([await shown(), find("note")], ["fallback", null]);
});

for (const [keep, isKept] of [[true, true], [false, false], [null, false], [undefined, false]]) {
  test(`with keep ${keep}, an element ${isKept ? "stays" : "goes"} while its answer is unknown, and also while loading fails`, async (t) => {
    const { find, shown, permissions } = await open(t, { granted: ["invoice:view"], keep });
    const note = find("note");
    for (const status of ["loading", "failed"]) {
      permissions.setStatus(status);
      assert.deepEqual([await shown(), find("fallback").textContent], ["fallback", status]);
      assert.equal(find("note"), isKept ? note : null);
    }
    permissions.setStatus("fresh");
    assert.equal(await shown(), "note");
    assert.equal(find("note") === note, isKept);
    permissions.setDocument([]);
    assert.deepEqual([await shown(), find("note")], ["left", null]);
    permissions.setStatus("loading");
    assert.deepEqual([await shown(), find("note")], ["fallback", null]);
  });
}

test("the template that is shown instead is the same view as long as it is the same template, and stands before what is kept", async (t) => {
  const { find, shown, permissions } = await open(t, { granted: ["invoice:view"], keep: true });
  permissions.setStatus("loading");
  await shown();
  const fallback = find("fallback");
  permissions.setStatus("failed");
  await shown();
  assert.equal(find("fallback"), fallback);
  assert.ok(fallback.compareDocumentPosition(find("note")) & Node.DOCUMENT_POSITION_FOLLOWING);
});

test("without `pending`, the template of `else` is shown while the answer is unknown; without both, nothing is", async (t) => {
  const { set, shown, permissions } = await open(t, { granted: [], hasPending: false });
  const seen = [await shown()];
  permissions.setStatus("loading");
  seen.push(await shown());
  await set({ hasPending: false, hasElse: false });
  seen.push(await shown());
  permissions.setStatus("unauthenticated");
  seen.push(await shown());
  await set({});
  seen.push(await shown());
  assert.deepEqual(seen, ["left", "left", "", "", "left"]);
});

test("the focus that an element had when it was shut comes back once, and is not taken by later changes", async (t) => {
  const { find, set, shown, permissions } = await open(t, { granted: ["invoice:view"], keep: true });
  const note = find("note");
  note.focus();
  permissions.setStatus("loading");
  await shown();
  note.blur();
  permissions.setStatus("fresh");
  await shown();
  assert.equal(document.activeElement, note);
  note.blur();
  await set({ keep: true, hasElse: false });
  permissions.grant("report:view");
  await shown();
  assert.equal(document.activeElement, document.body);
});

test("a page has the rules of cloak.css once, by its first provider, and none where it cannot adopt a stylesheet", async (t) => {
  const { provide } = await open(t, {});
  provide("browser")();
  const sheets = [];
  globalThis.CSSStyleSheet = class {
    replaceSync(text) {
      sheets.push(text);
    }
  };
  Object.defineProperty(document, "adoptedStyleSheets", { value: [], configurable: true });
  t.after(() => (delete globalThis.CSSStyleSheet, delete document.adoptedStyleSheets));
  for (let provider = 0; provider < 2; provider += 1) provide("browser")();
  assert.deepEqual([sheets.length, document.adoptedStyleSheets.length], [1, 1]);
  assert.match(sheets[0], /data-permission/);
});

test("a server writes the rules of cloak.css into its page once, with the nonce of its policy if it has one", async (t) => {
  const { provide } = await open(t, {});
  const styles = () => [...document.head.querySelectorAll("style[data-permgate]")];
  for (const [nonce, expected] of [["abc", "abc"], [undefined, null]]) {
    for (let provider = 0; provider < 2; provider += 1) provide("server", nonce)();
    assert.deepEqual(styles().map((style) => style.getAttribute("nonce")), [expected]);
    assert.match(styles()[0].textContent, /data-permission/);
    styles()[0].remove();
  }
});

test("without the provider, an error says so", async () => {
  document.body.append(document.createElement("app-lonely"));
  const { code, message } = await application.withoutProvider();
  assert.equal(code, "no-provider");
  assert.match(message, /providePermgate/);
});
