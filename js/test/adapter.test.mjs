/** The holder of the adapters: how it waits for, creates, follows, binds and disposes of an instance, and how it answers before the instance is created. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Holder, shut, verdictWhenKnown } from "../dist/adapter.js";
import { evaluate, serialize } from "../dist/server.js";
import { fakePermissions } from "../dist/testing.js";

/** A turn of the event loop, in which all promises that can be settled are settled. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An instance that counts the calls of its methods; `source` is the source of its set. */
function counted(t, granted = ["invoice:view"], { status, source = "endpoint" } = {}) {
  const fake = fakePermissions(granted, { ...(status && { status }) });
  t.after(() => fake.dispose());
  const counts = { listeners: 0, bound: 0, disposed: 0, confirmed: 0, refreshed: 0 };
  const own = {
    subscribe(listener) {
      const stop = fake.subscribe(listener);
      counts.listeners += 1;
      return () => ((counts.listeners -= 1), stop());
    },
    bind: () => ((counts.bound += 1), { disconnect: () => (counts.bound -= 1) }),
    dispose: () => (counts.disposed += 1),
    confirm: () => (counts.confirmed += 1),
    refresh: async () => (counts.refreshed += 1),
    snapshot: () => ({ ...fake.snapshot(), source }),
  };
  const instance = new Proxy(fake, { get: (target, name) => own[name] ?? target[name] });
  return { fake, instance, counts };
}

/** A holder, and how often it called its listener. */
function holding(source, dehydrated) {
  const holder = new Holder(source, dehydrated);
  const notifications = { count: 0 };
  holder.subscribe(() => (notifications.count += 1));
  return { holder, notifications };
}

/** The dehydrated form of a document, as a page carries it. */
const carriedOf = (document, questions) => JSON.parse(serialize(evaluate(document).dehydrate(questions)));

/** A page, in which the holder finds no script, and one tagged element, whose removed attributes it lists. */
function page(t, removed = []) {
  class TaggedElement {
    removeAttribute(name) {
      removed.push(name);
    }
  }
  const root = { querySelectorAll: (selector) => (selector.startsWith("[") ? [new TaggedElement()] : []) };
  Object.assign(globalThis, { document: root, Element: TaggedElement });
  t.after(() => {
    delete globalThis.document;
    delete globalThis.Element;
  });
  return root;
}

const DOCUMENT = { subject: "u-1", permissions: ["invoice:view"] };

test("a holder follows and binds an instance of the application while it is open, and does not dispose of the instance when it is closed", (t) => {
  const { fake, instance, counts } = counted(t);
  const { holder, notifications } = holding(instance);
  assert.deepEqual([holder.can("invoice:view"), holder.status], [true, "fresh"]);
  const close = holder.open(page(t));
  assert.deepEqual([counts.listeners, counts.bound, notifications.count], [1, 1, 1]);
  fake.revoke("invoice:view");
  assert.deepEqual([holder.can("invoice:view"), notifications.count], [false, 2]);
  close();
  assert.deepEqual(counts, { listeners: 0, bound: 0, disposed: 0, confirmed: 0, refreshed: 0 });
  fake.grant("invoice:view");
  assert.equal(notifications.count, 2);
});

test("the user is that of the instance, and undefined where the source names none, and while nobody is signed in or no set is held", (t) => {
  const { fake, instance } = counted(t, DOCUMENT);
  const { holder } = holding(instance);
  assert.equal(holder.subject, "u-1");
  fake.setDocument({ ...DOCUMENT, subject: "u-2" });
  assert.equal(holder.subject, "u-2");
  for (const status of ["unauthenticated", "loading", "failed"]) {
    fake.setStatus(status);
    assert.equal(holder.subject, undefined, status);
  }
  fake.setStatus("stale");
  assert.equal(holder.subject, "u-2");
  fake.setDocument(["invoice:view"]);
  assert.equal(holder.subject, undefined);
});

test("before the instance is there, the user is that of the page; not after the instance could not be made, nor after it has been there", async (t) => {
  t.mock.method(console, "error", () => undefined);
  page(t);
  const carried = carriedOf(DOCUMENT);
  const { instance } = counted(t, { ...DOCUMENT, subject: "u-2" });
  const { holder } = holding(() => instance, carried);
  assert.deepEqual([holder.subject, holder.firstSubject], ["u-1", "u-1"]);
  const close = holder.open();
  await turn();
  assert.deepEqual([holder.subject, holder.firstSubject], ["u-2", "u-1"]);
  close();
  assert.equal(holder.subject, undefined);
  const { holder: failing } = holding(() => Promise.reject(new Error("no module")), carried);
  failing.open();
  await turn();
  assert.deepEqual([failing.status, failing.subject], ["failed", undefined]);
  for (const other of [undefined, carriedOf(null), carriedOf({ permissions: ["invoice:view"] })]) {
    const { holder } = holding(undefined, other);
    assert.deepEqual([holder.subject, holder.firstSubject], [undefined, undefined]);
  }
});

const ROW = { permission: "invoice:edit", resource: "invoices/2", effect: "allow" };

test("a question about at least one resource is granted by the grant of one row, and a requirement with operators is no such question", (t) => {
  const { fake, instance } = counted(t, { permissions: ["invoice:view", "report:view"], grants: [ROW] });
  const { holder } = holding(instance);
  assert.deepEqual([holder.can("invoice:edit"), holder.can("invoice:edit", true), holder.verdict("invoice:edit", true)], [false, true, "granted"]);
  assert.deepEqual([holder.can("invoice:delete", true), holder.verdict("invoice:delete", true)], [false, "denied"]);
  const both = "invoice:view & report:view";
  assert.deepEqual([holder.verdict(both), holder.verdict(both, true)], ["granted", "denied"]);
  fake.setStatus("loading");
  assert.equal(holder.verdict("invoice:edit", true), "unknown");
  fake.setStatus("failed");
  assert.equal(holder.verdict("invoice:edit", true), "failed");
});

test("before there is an instance, a question about at least one resource is answered as the server answered it", (t) => {
  const permissions = evaluate({ permissions: ["invoice:view", "report:view"], grants: [ROW] });
  // An answer about one resource, whatever its name, is not one about at least one.
  for (const resource of ["true", "somewhere", "*"]) assert.equal(permissions.can("invoice:edit", resource), false);
  for (const permission of ["invoice:edit", "invoice:delete", "invoice:view & report:view"]) permissions.canSomewhere(permission);
  const carried = JSON.parse(serialize(permissions.dehydrate()));
  page(t);
  const { holder } = holding(undefined, carried);
  const verdicts = (where) => ["invoice:edit", "invoice:delete", "invoice:view & report:view", "report:view"].map((name) => holder.first(name, where));
  assert.deepEqual(verdicts(true), ["granted", "denied", "denied", "unknown"]);
  assert.deepEqual(verdicts(undefined), ["unknown", "unknown", "unknown", "unknown"]);
  assert.equal(holder.can("invoice:edit", true), true);
});

test("a holder on a server answers questions about at least one resource by the document", () => {
  const { holder } = holding(undefined, evaluate({ grants: [ROW] }).dehydrate());
  assert.deepEqual([holder.first("invoice:edit", true), holder.first("invoice:edit"), holder.first("invoice:delete", true)], ["granted", "denied", "denied"]);
});

test("a holder waits for a promise of an instance, and neither follows nor disposes of the instance after it is closed", async (t) => {
  const { instance, counts } = counted(t);
  let arrive;
  const arriving = new Promise((resolve) => (arrive = resolve));
  const { holder, notifications } = holding(arriving);
  const closeEarly = holder.open();
  closeEarly();
  const close = holder.open();
  assert.deepEqual([holder.status, holder.verdict("invoice:view"), holder.permissions], ["loading", "unknown", undefined]);
  arrive(instance);
  await turn();
  assert.deepEqual([holder.status, holder.verdict("invoice:view"), holder.permissions], ["fresh", "granted", instance]);
  assert.deepEqual([counts.listeners, counts.disposed, notifications.count], [1, 0, 1]);
  close();
  assert.deepEqual([counts.listeners, counts.disposed], [0, 0]);
});

test("a holder disposes of the instance that its function created when it is closed, and at once if the instance is created after that", async (t) => {
  const first = counted(t);
  const { holder } = holding(async () => first.instance);
  const close = holder.open();
  await turn();
  assert.equal(holder.permissions, first.instance);
  close();
  assert.deepEqual([holder.permissions, first.counts.disposed, first.counts.listeners], [undefined, 1, 0]);
  // Neither the disposed instance nor the page's earlier document grants anything.
  assert.deepEqual([holder.can("invoice:view"), holder.status], [false, "loading"]);

  const late = counted(t);
  const { holder: other, notifications } = holding(async () => late.instance);
  other.open()();
  await turn();
  assert.deepEqual([other.permissions, late.counts.disposed, late.counts.listeners, notifications.count], [undefined, 1, 0, 0]);
});

test("a failed creation calls listeners and removes the server's states from elements, and `retry` creates the instance again", async (t) => {
  const complained = t.mock.method(console, "error", () => undefined);
  const removed = [];
  const root = page(t, removed);
  const { instance } = counted(t);
  let isBroken = true;
  let creations = 0;
  const { holder, notifications } = holding(async () => {
    creations += 1;
    if (isBroken) throw new Error("no module");
    return instance;
  });
  t.after(holder.open(root));
  holder.retry();
  await turn();
  assert.equal(creations, 1, "`retry` created a second instance while the first was being created");
  assert.deepEqual([holder.status, holder.verdict("invoice:view"), notifications.count, removed, complained.mock.callCount()], ["failed", "failed", 1, ["data-permission-state"], 1]);
  isBroken = false;
  holder.retry();
  assert.equal(holder.status, "loading");
  await turn();
  assert.deepEqual([holder.status, notifications.count, creations], ["fresh", 2, 2]);
});

test("a failed creation after the holder is closed calls no listener, and logs nothing", async (t) => {
  const complained = t.mock.method(console, "error", () => undefined);
  const { holder, notifications } = holding(async () => {
    throw new Error("no module");
  });
  holder.open()();
  await turn();
  assert.deepEqual([notifications.count, complained.mock.callCount(), holder.status], [0, 0, "loading"]);
});

test("where nothing is bound, a failure leaves the elements of the page as they are", async (t) => {
  t.mock.method(console, "error", () => undefined);
  const removed = [];
  page(t, removed);
  const { holder } = holding(async () => {
    throw new Error("no module");
  });
  t.after(holder.open());
  await turn();
  assert.deepEqual([holder.status, removed], ["failed", []]);
});

test("a promise that has failed fails once: retry does not wait for it again", async (t) => {
  const complained = t.mock.method(console, "error", () => undefined);
  const { holder, notifications } = holding(Promise.reject(new Error("no module")));
  t.after(holder.open());
  await turn();
  holder.retry();
  assert.equal(holder.status, "failed");
  await turn();
  assert.deepEqual([notifications.count, complained.mock.callCount()], [1, 1]);
});

test("a promise that is rejected before the holder is opened is not unhandled, and its failure is reported when the holder is opened", async (t) => {
  const unhandled = [];
  const note = (cause) => unhandled.push(cause);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const errors = t.mock.method(console, "error", () => {});
  const cause = new Error("blocked");
  const { holder } = holding(Promise.reject(cause));
  await turn();
  await turn();
  assert.deepEqual([unhandled, holder.status, errors.mock.callCount()], [[], "loading", 0]);
  holder.open();
  await turn();
  assert.deepEqual([holder.status, errors.mock.calls[0].arguments], ["failed", [cause]]);
});

test("a listener that listens anew while it is called is not called again for the same change", (t) => {
  const instance = fakePermissions([]);
  t.after(() => instance.dispose());
  const { holder } = holding(instance);
  let calls = 0;
  const listener = () => {
    calls += 1;
    assert.ok(calls < 5);
    stop();
    stop = holder.subscribe(listener);
  };
  let stop = holder.subscribe(listener);
  t.after(holder.open());
  assert.equal(calls, 1);
});

test("`retry` refreshes an instance that is already created", (t) => {
  const { instance, counts } = counted(t, [], { status: "failed" });
  const { holder } = holding(instance);
  holder.retry();
  assert.equal(counts.refreshed, 1);
});

test("a function that subscribes twice is called twice, and each unsubscription ends one of the two", () => {
  const { holder } = holding(undefined);
  let calls = 0;
  const listener = () => (calls += 1);
  const stops = [holder.subscribe(listener), holder.subscribe(listener)];
  stops[0]();
  const instance = fakePermissions([]);
  const other = new Holder(instance);
  const ends = [other.subscribe(listener), other.subscribe(listener)];
  const close = other.open();
  assert.equal(calls, 2);
  ends[0]();
  instance.grant("a");
  assert.equal(calls, 3);
  close();
  instance.dispose();
});

test("the page's document answers until the first instance is created, which confirms the document once", async (t) => {
  page(t);
  const carried = carriedOf(DOCUMENT, ["invoice:view"]);
  const instances = [];
  const { holder } = holding(async (bootstrap) => {
    assert.deepEqual(bootstrap, DOCUMENT);
    const one = counted(t, ["invoice:view"], { source: "bootstrap" });
    instances.push(one);
    return one.instance;
  }, carried);
  assert.deepEqual([holder.can("invoice:view"), holder.verdict("invoice:view"), holder.status], [true, "granted", "fresh"]);
  const close = holder.open();
  await turn();
  assert.equal(instances[0].counts.confirmed, 1);
  close();
  assert.deepEqual([holder.can("invoice:view"), holder.verdict("invoice:view"), holder.status], [false, "unknown", "loading"]);
  // Components that are being hydrated still get the server's answers.
  assert.deepEqual([holder.first("invoice:view"), holder.firstStatus], ["granted", "fresh"]);
  t.after(holder.open());
  await turn();
  assert.equal(instances[1].counts.confirmed, 0);
});

test("an instance whose set does not come from the page's document does not confirm the document", async (t) => {
  page(t);
  const { instance, counts } = counted(t);
  const { holder } = holding(instance, carriedOf(DOCUMENT, []));
  t.after(holder.open());
  assert.equal(counts.confirmed, 0);
});

test("an instance of the application that has begun with a document of its own is not confirmed by the holder", (t) => {
  const { instance, counts } = counted(t, ["invoice:view"], { source: "bootstrap" });
  const { holder } = holding(instance);
  t.after(holder.open());
  assert.equal(counts.confirmed, 0);
});

test("without an instance, as on a server, a holder waits, and complains of nothing", async (t) => {
  const complained = t.mock.method(console, "error", () => undefined);
  const { holder, notifications } = holding(undefined);
  const close = holder.open();
  await turn();
  assert.deepEqual([holder.status, holder.verdict("invoice:view"), notifications.count, complained.mock.callCount()], ["loading", "unknown", 0, 0]);
  close();
});

test("if the server knew that nobody is signed in, the status is `unauthenticated` until the instance has an answer of its own", (t) => {
  page(t);
  const { fake, instance } = counted(t, ["invoice:view"], { status: "loading" });
  const { holder } = holding(instance, carriedOf(null, []));
  t.after(holder.open());
  assert.deepEqual([holder.verdict("invoice:view"), holder.status, holder.can("invoice:view")], ["unauthenticated", "unauthenticated", false]);
  fake.setDocument(["invoice:view"]);
  assert.deepEqual([holder.verdict("invoice:view"), holder.status, holder.can("invoice:view")], ["granted", "fresh", true]);
  // Later loads make the status unknown for a moment: an open page must not be left for that.
  fake.setStatus("loading");
  assert.deepEqual([holder.verdict("invoice:view"), holder.status], ["unknown", "loading"]);
});

test("where the server knew that nobody is signed in, it is said while the instance is idle, and not by one that already knows better", (t) => {
  page(t);
  const idle = { status: "idle", can: () => false, check: () => ({ outcome: "unknown" }), subscribe: () => () => undefined };
  const { instance } = counted(t);
  const holders = [idle, instance].map((source) => holding(source, carriedOf(null, [])).holder);
  assert.deepEqual(holders.map(({ status }) => status), ["unauthenticated", "fresh"]);
});

test("where the server knew that nobody is signed in, a failed instance is a failure", async (t) => {
  t.mock.method(console, "error", () => undefined);
  page(t);
  const { holder } = holding(Promise.reject(new Error("no module")), carriedOf(null, []));
  t.after(holder.open());
  await turn();
  assert.deepEqual([holder.status, holder.verdict("invoice:view")], ["failed", "failed"]);
});

test("the verdict of a guard has the reason why a requirement is not granted", (t) => {
  const verdicts = ["fresh", "loading", "unauthenticated", "failed"].map((status) => holding(counted(t, [], { status }).instance).holder.verdict("invoice:view"));
  assert.deepEqual(verdicts, ["denied", "unknown", "unauthenticated", "failed"]);
  const expired = { can: () => false, check: () => ({ outcome: "unknown" }), status: "expired", subscribe: () => () => undefined };
  assert.equal(holding(expired).holder.verdict("invoice:view"), "failed");
});

test("a requirement that cannot be read is denied, also when loading has failed: trying again would not help", (t) => {
  assert.equal(holding(counted(t, [], { status: "failed" }).instance).holder.verdict("invoice:view &"), "denied");
});

test("a verdict that is waited for is failed where the instance cannot be made", async () => {
  assert.equal(await verdictWhenKnown(Promise.reject(new Error("no module")), "invoice:view"), "failed");
});

test("a shut region is inert and hidden, and when it is opened, it gets its focus back unless another element has it", () => {
  const body = {};
  const page = { activeElement: body, body };
  const styles = new Map();
  const priorities = [];
  const focused = [];
  const field = { focus: (options) => focused.push(options) };
  const outside = { focus: () => focused.push("outside") };
  const region = {
    ownerDocument: page,
    inert: false,
    contains: (element) => element === field,
    style: {
      get display() {
        return styles.get("display") ?? "contents";
      },
      set display(value) {
        styles.set("display", value);
      },
      setProperty: (name, value, priority) => (priorities.push(priority), styles.set(name, value)),
    },
  };
  page.activeElement = field;
  const open = shut(region);
  assert.deepEqual([region.inert, region.style.display, priorities], [true, "none", ["important"]]);
  page.activeElement = body;
  open();
  assert.deepEqual([region.inert, region.style.display, focused], [false, "contents", [{ preventScroll: true }]]);

  page.activeElement = field;
  const again = shut(region);
  page.activeElement = {};
  again();
  assert.equal(focused.length, 1, "another element was focused meanwhile");

  page.activeElement = outside;
  const last = shut(region);
  page.activeElement = body;
  last();
  assert.equal(focused.length, 1, "the opened region took the focus from another element");
});
