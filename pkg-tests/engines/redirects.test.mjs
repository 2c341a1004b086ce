/** F18 and F66 in each engine: redirects to a page, as after forms and expired sessions, that HTTP clients and libraries for forms follow. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../support/deadline.mjs";
import { forEachEngine } from "../support/engines.mjs";
import { HERE } from "../support/permgate-folder.mjs";
import { assertClean, ENDPOINT, openPage, run, sendDocument, SHOWN, showsOnly, startAuthority } from "./stage.mjs";

const API = "/api/items";
const AFTER = "/api/page";

/** The page itself, to which forms lead: libraries that take the place of navigation keep its scripts running. */
const PAGE = await readFile(join(HERE, "engines/page/index.html"), "utf8");

/** The lines of the guide for versions of Turbo that keep the `fetch` that they find. */
const GUIDE = await readFile(join(HERE, "../docs/guide/requests.md"), "utf8");
const [, LINES] = GUIDE.match(/```javascript\n(addEventListener\("turbo:.*?)```/s) ?? [];

const HTMX = { "hx-post": API, "hx-swap": "none" };
const FORM = { action: API, method: "post" };
const turbo = (folder) => ({ library: `${folder}/dist/turbo.es2017-esm.js`, form: FORM });

/** How a request is sent: by a call in the page, or by a form of which a library takes care. */
const CLIENTS = {
  "`permissions.fetch`": { send: (url) => permissions.fetch(url, { method: "POST", body: "a=1" }) },
  "the page's own `fetch`": { send: (url) => fetch(url, { method: "POST", body: "a=1" }) },
  XMLHttpRequest: {
    send: (url) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.send("a=1");
    },
  },
  "htmx 2": { library: "htmx.org/dist/htmx.min.js", form: HTMX },
  "htmx 4": { library: "htmx-4/dist/htmx.min.js", form: HTMX },
  Turbo: turbo("@hotwired/turbo"),
  "Turbo 8.0.13": turbo("turbo-8-0-13"),
};

/** Each client, loaded before and after the instance is made. */
const CASES = Object.entries(CLIENTS).flatMap(([what, client]) =>
  client.library === undefined
    ? [[what, client]]
    : [
        [`${what}, loaded before`, { ...client, isFirst: true, lines: what === "Turbo 8.0.13" ? LINES : undefined }],
        [`${what}, loaded after`, { ...client, isFirst: false }],
      ],
);

/** Loads a library by a tag; runs in the page. */
function load(path) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    Object.assign(tag, { src: `/libraries/${path}`, type: /esm/.test(path) ? "module" : "", onload: resolve, onerror: reject });
    document.head.append(tag);
  });
}

/** Sends a form as a user does; runs in the page. */
function submit(attributes) {
  const form = document.createElement("form");
  for (const [name, value] of Object.entries(attributes)) form.setAttribute(name, value);
  document.body.append(form);
  window.htmx?.process(form);
  form.requestSubmit();
}

/** A page with a client, and a server whose API answers with a redirect to a page. */
async function stage(t, { driver }, { library, isFirst, lines }) {
  // Without a policy, since libraries set styles.
  const authority = await startAuthority(t, { policy: "" });
  const sendPage = (_, response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGE);
  authority.answer(API, (_, response) => response.writeHead(303, { location: AFTER }).end());
  authority.answer(AFTER, sendPage);
  await openPage(driver, authority.origin);
  if (library && isFirst) await run(driver, load, library);
  await run(driver, async (endpoint) => {
    await window.begin({ endpoint, guard: { patch: ["fetch", "xhr"] } });
    await permissions.whenReady();
    window.hidden = [];
    permissions.subscribe(() => permissions.can("invoice:edit") || window.hidden.push(permissions.status));
  }, ENDPOINT);
  if (lines) await run(driver, `() => { ${lines} }`);
  if (library && !isFirst) await run(driver, load, library);
  await showsOnly(driver, SHOWN);
  return authority;
}

const sends = (driver, { send, form }) => (form ? run(driver, submit, form) : run(driver, `(url) => void (${send})(url)`, API));

test("the guide to requests has the lines that pass Turbo's responses to `permissions.observe`", () => {
  assert.match(LINES ?? "", /permissions\.observe/);
});

forEachEngine((engine) => {
  for (const [what, client] of CASES) {
    test(`F18 F66 a form that is answered with a redirect to a page makes the instance ask the endpoint, and hides nothing: ${what}`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, client);
      await sends(driver, client);
      await until("the page was asked for", () => authority.asked(AFTER) === 1);
      await until("the endpoint was asked again", () => authority.asked(ENDPOINT) === 2);
      assert.equal(await run(driver, () => permissions.refresh()), "fresh");
      await showsOnly(driver, SHOWN);
      assert.deepEqual(await run(driver, () => window.hidden), []);
      await assertClean(driver);
    });

    test(`F66 where the API and the endpoint redirect to a sign-in page, the status is \`unauthenticated\`, and nothing is shown: ${what}`, async (t) => {
      const { driver } = engine;
      const authority = await stage(t, engine, client);
      authority.answer(ENDPOINT, (_, response) => response.writeHead(302, { location: AFTER }).end());
      await sends(driver, client);
      await showsOnly(driver, []);
      assert.equal(await run(driver, () => permissions.status), "unauthenticated");
      authority.answer(ENDPOINT, (_, response) => sendDocument(response, authority.document));
      assert.equal(await run(driver, () => permissions.refresh()), "fresh");
      await showsOnly(driver, SHOWN);
      await assertClean(driver);
    });
  }
});
