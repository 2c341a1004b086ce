/** F43: open shadow roots are gated like the page around them, however and whenever they are attached. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachEngine } from "../support/engines.mjs";
import { allow, beginWith, GATINGS, MODES, openDom, tagged } from "./dom-stage.mjs";
import { assertClean, run } from "./stage.mjs";

const BUTTONS = MODES.map((mode) => tagged(mode)).join("");

/** In the page: nests `depth` shadow roots, and puts the buttons into the innermost one. */
function nest({ depth, html }) {
  let at = window.main;
  for (let level = 0; level < depth; level += 1) {
    const host = document.createElement("div");
    at.append(host);
    at = host.attachShadow({ mode: "open" });
  }
  at.innerHTML = window.trusted(html);
  window.looked = [...at.children];
}

/** The same, but each shadow root is filled before its host is inserted. */
function nestInwards({ depth, html }) {
  let inner = document.createElement("section");
  inner.innerHTML = window.trusted(html);
  window.looked = [...inner.children];
  for (let level = 0; level < depth; level += 1) {
    const host = document.createElement("div");
    host.attachShadow({ mode: "open" }).append(inner);
    inner = host;
  }
  window.main.append(inner);
}

/** A host that is on the page for some time before its shadow root is attached and filled at once. */
async function attachLater({ depth, html }) {
  const host = document.createElement("div");
  window.main.append(host);
  await window.frames();
  let at = host.attachShadow({ mode: "open" });
  for (let level = 1; level < depth; level += 1) {
    const next = document.createElement("div");
    at.append(next);
    await window.frames();
    at = next.attachShadow({ mode: "open" });
  }
  at.innerHTML = window.trusted(html);
  window.looked = [...at.children];
}

/** The hosts are custom elements, which attach their roots when they are defined. */
function upgrade({ depth, html }) {
  // The name of a custom element can be defined once.
  const name = (level) => `x-level-${level}-of-${depth}`;
  const first = document.createElement(name(0));
  window.main.append(first);
  for (let level = 0; level < depth; level += 1) {
    const content = level === depth - 1 ? html : `<${name(level + 1)}></${name(level + 1)}>`;
    window.defineHost(name(level), content);
  }
  let at = first;
  while (at.shadowRoot.firstElementChild.shadowRoot) at = at.shadowRoot.firstElementChild;
  window.looked = [...at.shadowRoot.children];
}

/** Shadow roots declared in markup that a script sets. */
function declare({ depth, html }) {
  const open = "<div><template shadowrootmode=open>";
  const markup = window.trusted(open.repeat(depth) + html + "</template></div>".repeat(depth));
  if (window.main.setHTMLUnsafe) window.main.setHTMLUnsafe(markup);
  else return false;
  let at = window.main.firstElementChild.shadowRoot;
  for (let level = 1; level < depth; level += 1) at = at.firstElementChild.shadowRoot;
  window.looked = [...at.children];
  return true;
}

const WAYS = {
  "are made from the outside inwards": nest,
  "are made from the inside outwards": nestInwards,
  "are attached to elements on the page": attachLater,
  "belong to custom elements": upgrade,
  "are declared in markup": declare,
};

forEachEngine((engine) => {
  const gatings = (driver) =>
    run(driver, async () => {
      await window.frames();
      return Object.fromEntries(window.looked.map((element) => [element.id, window.gating(element)]));
    });

  async function follows(driver) {
    assert.deepEqual(await gatings(driver), GATINGS);
    await allow(driver, "a:use");
    assert.deepEqual(new Set(Object.values(await gatings(driver))), new Set(["usable"]));
    await allow(driver);
    assert.deepEqual(await gatings(driver), GATINGS);
  }

  for (const [what, way] of Object.entries(WAYS)) {
    for (const when of ["before", "after"]) {
      test(`F43 elements in shadow roots that ${what}, one and three deep, ${when} the page is bound, are gated`, async (t) => {
        const { driver } = engine;
        await openDom(t, engine, "/dom-bare.html");
        for (const depth of [1, 3]) {
          const isThere = await run(
            driver,
            `async (given, when) => {
              window.permissions ??= await window.create();
              if (when === "after") window.binding = window.permissions.bind();
              const isThere = await (${way})(given);
              if (when === "before") window.binding = window.permissions.bind();
              return isThere !== false;
            }`,
            { depth, html: BUTTONS },
            when,
          );
          if (!isThere) return t.skip("the engine has no `setHTMLUnsafe`");
          await follows(driver);
          assert.equal(await run(driver, () => window.binding.size), MODES.length);
          await assertClean(driver);
          await run(driver, () => {
            window.binding.disconnect();
            window.main.replaceChildren();
          });
        }
      });
    }
  }

  test("F43 shadow roots that the page declares in its HTML are gated, and so are slotted elements", async (t) => {
    const { driver } = engine;
    await openDom(t, engine, "/dom-declared.html");
    const seen = await run(driver, async () => {
      window.permissions = await window.create();
      window.binding = window.permissions.bind();
      const look = () => Object.fromEntries(window.tagged().map((element) => [element.id, window.gating(element)]));
      const seen = [window.binding.size, look()];
      await window.allow(["a:use"]);
      seen.push(look());
      await window.allow([]);
      seen.push(look());
      return seen;
    });
    const gated = { outer: "hidden", inner: "disabled", slotted: "hidden" };
    assert.deepEqual(seen, [3, gated, { outer: "usable", inner: "usable", slotted: "usable" }, gated]);
  });

  test("F43 elements in a shadow root and in its slots take the mode and resource of the host", async (t) => {
    const { driver } = engine;
    await openDom(t, engine);
    await beginWith(driver, []);
    const seen = await run(driver, async () => {
      window.put('<section data-permission-mode="disable" data-permission-resource="things/1"><div id="host"><button id="slotted" data-permission="a:use">Use</button></div></section>');
      const shadow = window.main.querySelector("#host").attachShadow({ mode: "open" });
      shadow.innerHTML = window.trusted('<div data-permission-mode="inert"><button id="within" data-permission="a:use">Use</button><slot></slot></div>');
      await window.frames();
      const rows = () => Object.fromEntries(window.binding.report().map(({ element, mode, resource }) => [element.id, `${mode} ${resource} ${window.gating(element)}`]));
      const before = rows();
      window.main.querySelector("section").dataset.permissionMode = "hide";
      window.main.querySelector("section").removeAttribute("data-permission-resource");
      await window.frames();
      return [before, rows()];
    });
    assert.deepEqual(seen, [
      { slotted: "disable things/1 disabled", within: "inert things/1 inert" },
      { slotted: "hide null hidden", within: "inert null inert" },
    ]);
    await assertClean(driver);
  });
});
