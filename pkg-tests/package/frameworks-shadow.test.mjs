/** Elements that frameworks put into shadow roots, slots, portals and clones of templates are gated as on the page. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../support/chromium.mjs";
import { bundle } from "./frameworks/build.mjs";
import { assertClean, openStage } from "./frameworks/desk-tests.mjs";

let browser;
const bundles = {};
before(async () => {
  browser = await launch();
  for (const file of ["lit.js", "lit-card.js", "react-portal.jsx"]) bundles[`/${file}`] = await bundle(file);
});
after(() => browser.close());

const open = (t) => openStage(t, browser, bundles);

/** Puts a card on the page, with an element in each slot. */
function putCard() {
  const card = document.createElement("lit-card");
  card.requirement = "invoice:edit";
  card.setAttribute("data-permission-resource", "tenants/acme/1");
  for (const [name, slot, requirement] of [["pay", "", "invoice:pay"], ["more", "more", "invoice:edit"]]) {
    const button = Object.assign(document.createElement("button"), { className: name, slot, textContent: name });
    button.setAttribute("data-permission", requirement);
    card.append(button);
  }
  target.append(card);
  window.card = card;
}

/** The card's elements that are visible, in the order of the page; the edit button is the nested component's. */
function cardShown() {
  const [action] = all("lit-action", card.shadowRoot);
  const named = {
    section: card.shadowRoot.querySelector("section"),
    edit: action.shadowRoot.querySelector("button"),
    pay: card.querySelector(".pay"),
    more: card.querySelector(".more"),
  };
  return Object.keys(named).filter((name) => isVisible(named[name]));
}

const ORDERS = {
  "defined first": async () => {
    (await import("/lit-card.js")).define();
    putCard();
  },
  "defined when it is on the page": async () => {
    putCard();
    await painted();
    (await import("/lit-card.js")).define();
  },
};

for (const [name, order] of Object.entries(ORDERS)) {
  test(`F43 lit, element ${name}: nested components and slotted elements are gated, also with styles of their own`, async (t) => {
    const page = await open(t);
    await page.evaluate(`(() => { ${putCard}; ${cardShown}; Object.assign(window, { putCard, cardShown }); })()`);
    await page.evaluate(order);
    const seen = await page.evaluate(async () => {
      const seen = [];
      const look = async (what) => {
        await painted();
        seen.push(`${what}: ${cardShown().join(" ")}`, ...faults());
      };
      await painted();
      await look("nothing granted");
      await grant({ resources: ["tenants/acme/1"] });
      await look("the permission on the card's resource");
      card.isOpen = true;
      await look("a slot is added");
      await grant({ names: ["invoice:pay"], resources: ["tenants/acme/1"] });
      await look("an element in a section that is not granted");
      await grant({ names: ["invoice:view", "invoice:pay"], resources: ["tenants/acme/1"] });
      await look("the section, too");
      card.setAttribute("data-permission-resource", "tenants/acme/2");
      await look("another resource");
      card.querySelector(".more").slot = "";
      card.setAttribute("data-permission-resource", "tenants/acme/1");
      await look("another slot");
      card.isOpen = false;
      await grant();
      await look("all revoked");
      card.remove();
      await painted();
      seen.push(`removed: ${stage.binding.size}`);
      return seen;
    });
    assert.deepEqual(seen, [
      "nothing granted: ",
      "the permission on the card's resource: edit",
      "a slot is added: edit more",
      "an element in a section that is not granted: edit more",
      "the section, too: section edit pay more",
      "another resource: section pay",
      "another slot: section edit pay more",
      "all revoked: ",
      "removed: 0",
    ]);
    await assertClean(page);
  });
}

test("F43 lit: a component that replaces the list of its adopted stylesheets shows no refused element", async (t) => {
  const page = await open(t);
  await page.evaluate(async () => {
    const { mount } = await import("/lit.js");
    window.desk = await mount(target, FIRST);
    await painted();
  });
  const wrong = await page.evaluate(async () => {
    const theme = new CSSStyleSheet();
    theme.replaceSync("button { display: flex }");
    desk.root.adoptedStyleSheets = [theme];
    const properties = { ...FIRST, title: "Dark" };
    await desk.set(properties);
    await painted();
    return compare(desk, properties);
  });
  assert.deepEqual(wrong, []);
  await assertClean(page);
});

test("F43 React: elements in portals are gated, on the page and in a shadow root", async (t) => {
  const page = await open(t);
  const seen = await page.evaluate(async () => {
    const { mount } = await import("/react-portal.jsx");
    const shadow = document.body.appendChild(document.createElement("section")).attachShadow({ mode: "open" });
    const places = { body: document.body, shadow };
    const { set, unmount } = mount(target, { requirement: "invoice:pay", places });
    const seen = [];
    const look = async (what) => {
      await painted();
      const visible = all(".portal").filter(isVisible).map(({ title }) => title);
      seen.push(`${what}: ${visible.join(" ")} of ${stage.binding.size}`, ...faults());
    };
    await look("nothing granted");
    await grant({ names: ["invoice:pay"] });
    await look("granted");
    set({ requirement: "invoice:delete", places });
    await look("another requirement");
    set({ requirement: "invoice:pay", places: { shadow: places.shadow } });
    await look("without the portal in the body");
    unmount();
    await look("unmounted");
    return seen;
  });
  assert.deepEqual(seen, ["nothing granted:  of 3", "granted: own shadow body of 3", "another requirement:  of 3", "without the portal in the body: own shadow of 2", "unmounted:  of 0"]);
  await assertClean(page);
});

test("F43 the content of a template is not bound, clones of it are, and a clone has none of our attributes from its original", async (t) => {
  const page = await open(t);
  const seen = await page.evaluate(async () => {
    const template = document.createElement("template");
    const button = (id, requirement, mode = "hide") => {
      const made = Object.assign(document.createElement("button"), { id, title: "Own" });
      made.setAttribute("data-permission", requirement);
      made.setAttribute("data-permission-mode", mode);
      made.setAttribute("data-permission-reason", "Ask an administrator");
      return made;
    };
    template.content.append(button("hide", "invoice:pay"), button("disable", "invoice:pay", "disable"));
    target.append(template);
    await painted();
    const seen = [`the template: ${stage.binding.size}`];
    const look = async (what) => {
      await painted();
      const described = all("button").map(({ id, disabled, title }) => `${id}${disabled ? ", disabled" : ""}, ${title}`);
      const visible = all("button").filter(isVisible).length;
      seen.push(`${what}: ${described.join("; ")}; ${visible} of ${stage.binding.size}`, ...faults());
    };
    target.append(template.content.cloneNode(true), document.importNode(template.content, true));
    await look("clones");
    const denied = [...target.querySelectorAll("button")].map((element) => element.cloneNode(true));
    await grant({ names: ["invoice:pay"] });
    const granted = [...target.querySelectorAll("button")].map((element) => element.cloneNode(true));
    target.replaceChildren(...denied);
    await look("clones of denied elements, granted");
    await grant();
    target.replaceChildren(...granted);
    await look("clones of granted elements, denied");
    return seen;
  });
  const pair = (disabled, title) => `hide, Own; disable${disabled}, ${title}`;
  const [closed, open_] = [pair(", disabled", "Ask an administrator"), pair("", "Own")];
  assert.deepEqual(seen, [
    "the template: 0",
    `clones: ${closed}; ${closed}; 2 of 4`,
    `clones of denied elements, granted: ${open_}; ${open_}; 4 of 4`,
    `clones of granted elements, denied: ${closed}; ${closed}; 2 of 4`,
  ]);
  await assertClean(page);
});
