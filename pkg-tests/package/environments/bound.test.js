/** The test of an application in the DOMs of test runners: run by `environments.test.mjs` in jsdom and happy-dom. */

import { afterEach, expect, test, vi } from "vitest";
import { createPermissions } from "permgate";

const PAGE = `
  <button id="edit" data-permission="invoice:edit">Edit</button>
  <button id="delete" data-permission="invoice:delete">Delete</button>
  <input id="note" data-permission="invoice:delete" data-permission-mode="disable">
  <input id="title" data-permission="invoice:delete" data-permission-mode="readonly">
  <p id="rows" data-permission="invoice:delete" data-permission-mode="inert" data-permission-reason="">Rows</p>
  <div><p id="gone" data-permission="invoice:delete" data-permission-mode="remove">Gone</p></div>`;

const state = (id) => document.getElementById(id).getAttribute("data-permission-state");
const instances = [];

async function make(options) {
  const permissions = await createPermissions(options);
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  instances.push(permissions);
  return { permissions, errors };
}

afterEach(() => {
  for (const permissions of instances.splice(0)) permissions.dispose();
});

test("bind writes states and modes, and `disconnect` leaves the page as it was", async () => {
  document.body.innerHTML = PAGE;
  const before = document.body.innerHTML;
  const { permissions, errors } = await make({ bootstrap: ["invoice:edit"] });
  document.getElementById("delete").focus();
  const binding = permissions.bind();
  expect([state("edit"), state("delete")]).toEqual(["granted", "denied"]);
  expect(document.getElementById("note").disabled).toBe(true);
  expect(document.getElementById("title").readOnly).toBe(true);
  expect(document.getElementById("rows").hasAttribute("inert")).toBe(true);
  expect(document.getElementById("rows").title).toContain("invoice:delete");
  expect(document.getElementById("gone")).toBe(null);
  expect(binding.report()).toHaveLength(6);
  binding.disconnect();
  expect(document.body.innerHTML).toBe(before);
  expect(errors).toEqual([]);
});

test("elements that are added later, also in shadow roots, are gated, and a sign-out hides all of them", async () => {
  document.body.innerHTML = PAGE;
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.innerHTML = `<b data-permission="invoice:edit">Edit</b>`;
  document.body.append(host);
  const { permissions, errors } = await make({ bootstrap: ["invoice:edit"] });
  permissions.bind(document);
  const later = document.createElement("i");
  later.id = "later";
  later.setAttribute("data-permission", "invoice:edit");
  document.body.append(later);
  await vi.waitFor(() => expect(state("later")).toBe("granted"));
  expect(shadow.firstElementChild.getAttribute("data-permission-state")).toBe("granted");
  permissions.signOut();
  expect([state("edit"), state("later"), shadow.firstElementChild.getAttribute("data-permission-state")]).toEqual(["unknown", "unknown", "unknown"]);
  expect(errors).toEqual([]);
});

test("a mocked fetch answers, and the elements that it grants are shown", async () => {
  document.body.innerHTML = PAGE;
  const { fetch } = globalThis;
  const body = JSON.stringify({ subject: "u-1", version: 1, permissions: ["invoice:delete"] });
  globalThis.fetch = async () => new Response(body, { headers: { "content-type": "application/json" } });
  try {
    const { permissions, errors } = await make({ endpoint: new URL("/api/me/permissions", location.href), tabs: false });
    permissions.bind();
    expect(await permissions.whenReady()).toBe("fresh");
    expect([state("edit"), state("delete")]).toEqual(["denied", "granted"]);
    expect(errors).toEqual([]);
  } finally {
    globalThis.fetch = fetch;
  }
});

test("there is no warning about a missing cloak.css, which no test loads", async () => {
  const { warn } = console;
  const warnings = [];
  console.warn = (...words) => warnings.push(words);
  try {
    document.body.innerHTML = PAGE;
    const { permissions } = await make({ bootstrap: [] });
    permissions.bind();
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  } finally {
    console.warn = warn;
  }
});
