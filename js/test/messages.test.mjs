/** Reasons and errors in the user's language: the option `messages`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPermissions } from "../dist/node.js";
import { serve } from "./server.mjs";

const GERMAN = {
  "not-granted": ({ requirement, resource }) => `„${requirement}“ ist Ihnen ${resource ? `für ${resource} ` : ""}nicht erlaubt.`,
  "denied-by": ({ grant }) => `„${grant.permission}“ ist Ihnen verboten.`,
  "malformed-requirement": ({ message }) => `Nicht lesbar: ${message}`,
};
const messages = (code, parameters) => GERMAN[code]?.(parameters);

test("the reasons of decisions, refusals and watchers are the application's texts, and English where it has none", async (t) => {
  const permissions = await createPermissions({ bootstrap: { permissions: ["a"], denied: ["b"] }, messages });
  t.after(() => permissions.dispose());
  assert.equal(permissions.check("x", "rows/1").message, "„x“ ist Ihnen für rows/1 nicht erlaubt.");
  assert.equal(permissions.check("b").message, "„b“ ist Ihnen verboten.");
  assert.throws(() => permissions.require("x"), { code: "permission-denied", message: "permgate: „x“ ist Ihnen nicht erlaubt." });
  const watched = [];
  permissions.watch("x", ({ message }) => watched.push(message));
  assert.deepEqual(watched, ["„x“ ist Ihnen nicht erlaubt."]);
  const english = await createPermissions({ bootstrap: { permissions: ["a"] } });
  t.after(() => english.dispose());
  assert.equal(permissions.check("a").message, english.check("a").message);
});

test("errors of the event `error` have the application's texts", async (t) => {
  const permissions = await createPermissions({ bootstrap: ["a"], messages });
  t.after(() => permissions.dispose());
  const errors = [];
  permissions.on("error", ({ code, message }) => errors.push([code, message]));
  assert.equal(permissions.can("a &"), false);
  assert.deepEqual([errors.length, errors[0][0], errors[0][1].startsWith("Nicht lesbar: permgate: `a &`")], [1, "malformed-requirement", true]);
});

test("a function of `messages` that throws or returns no string does not change answers", async (t) => {
  const consoleError = t.mock.method(console, "error", () => undefined);
  const permissions = await createPermissions({ bootstrap: ["a"], messages: () => { throw new Error("no dictionary"); } });
  t.after(() => permissions.dispose());
  assert.deepEqual([permissions.can("a"), permissions.check("b").outcome, permissions.check("b").message.length > 0], [true, "denied", true]);
  assert.ok(consoleError.mock.callCount() > 0);
  const odd = await createPermissions({ bootstrap: ["a"], messages: () => 7 });
  t.after(() => odd.dispose());
  assert.equal(typeof odd.check("b").message, "string");
  await assert.rejects(createPermissions({ bootstrap: ["a"], messages: "de" }), { code: "invalid-option" });
});

test("attempts that fail in the same way are written to the console once, until another error comes", async (t) => {
  let status = 503;
  const server = await serve(() => ({ status }));
  t.after(server.close);
  const warned = t.mock.method(console, "warn", () => undefined);
  const permissions = await createPermissions({ endpoint: server.origin });
  t.after(() => permissions.dispose());
  for (status of [503, 503, 500, 500, 503]) await permissions.refresh();
  const statuses = warned.mock.calls.map(({ arguments: [message] }) => /status (\d+)/.exec(message)?.[1]);
  assert.deepEqual(statuses, ["503", "500", "503"]);
});
