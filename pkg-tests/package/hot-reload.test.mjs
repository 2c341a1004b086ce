/** Hot reload of the guide's applications by Vite: components are exchanged in the open page, which stays bound to one instance, with one stream, and leaves no listener. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { endAll, freePort, start } from "../support/processes.mjs";
import { TEMPLATES, develop, filesOf, lay, withoutTools } from "./quick-start-stage.mjs";

/** By name: the component to edit, and the parts of the template's configuration that the tests leave out. */
const APPLICATIONS = {
  react: { component: "src/App.tsx" },
  vue: { component: "src/App.vue", configured: withoutTools },
  svelte: { component: "src/App.svelte" },
};

/** How often a component is edited. */
const EDITS = 5;

/** Counts the listeners of the one instance, in the page. */
const COUNTED = `
permissions.then((instance) => {
  const { subscribe } = instance;
  const counts = Object.assign(globalThis, { listeners: 0, instances: ((globalThis as { instances?: number }).instances ?? 0) + 1 });
  Object.defineProperty(instance, "subscribe", {
    value: (listener: () => void) => {
      counts.listeners += 1;
      const stop = subscribe(listener);
      return () => ((counts.listeners -= 1), stop());
    },
  });
});
`;

/** For longer than this, chokidar ignores no change of a file after its last event. */
const WATCHER_PAUSE_MS = 60;

let browser;
before(async () => (browser = await launch()));
after(async () => {
  await browser.close();
  await endAll();
});

for (const [name, { component, configured = (config) => config }] of Object.entries(APPLICATIONS)) {
  test(`${name}: after ${EDITS} edits of its root component, the open page has the same instance, one stream and as many listeners, and follows a revocation`, async (t) => {
    const running = start(process.execPath, [join(PACKAGE, "docs/contract/demo.mjs")], { PORT: String(await freePort()) });
    const backend = await running.line(/listens on (http:\S+)$/);
    const files = filesOf(await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8"), name, backend);
    files["src/permissions.ts"] += COUNTED;
    const folder = await lay(t, { ...TEMPLATES[name], ...files, "vite.config.ts": configured(files["vite.config.ts"]) });
    const address = await develop(t, folder);

    const page = await openPage(browser);
    t.after(() => page.context().close());
    const streams = [];
    page.on("request", (request) => request.url().endsWith("/events") && streams.push(request.url()));
    const named = (text) => page.getByRole("button", { name: text, exact: true });
    // Vite may reload the page once, when it has found all packages.
    await page.goto(address, { waitUntil: "load" });
    await named("Show").waitFor();
    await until("the stream is open", () => streams.length > 0);
    await page.evaluate(() => (window.isTheSamePage = true));
    const before = { listeners: await page.evaluate(() => window.listeners), streams: streams.length };
    assert.ok(before.listeners > 0);

    for (let edit = 1; edit <= EDITS; edit += 1) {
      await writeFile(join(folder, component), files[component].replace(">Show<", `>Show ${edit}<`));
      await named(`Show ${edit}`).waitFor();
      // Vite's watcher ignores a file that changes again within 50 ms of its last event, which came before the page changed.
      const changed = performance.now();
      await until("Vite does not ignore the next edit", () => performance.now() - changed > WATCHER_PAUSE_MS);
      await named("Users").waitFor();
      assert.equal(await named("Delete").isDisabled(), true);
    }
    assert.deepEqual(await page.evaluate(() => [window.isTheSamePage, window.instances]), [true, 1], "the page was reloaded, or there is another instance");
    assert.deepEqual({ listeners: await page.evaluate(() => window.listeners), streams: streams.length }, before);

    const revoked = await fetch(`${backend}/api/users/ada/permissions`, { method: "PUT", headers: { authorization: "Bearer ada" }, body: '["invoice:delete"]' });
    assert.equal(revoked.status, 204);
    await named(`Show ${EDITS}`).waitFor({ state: "hidden" });
    await named("Users").waitFor({ state: "hidden" });
    await until("Delete is enabled", () => named("Delete").isEnabled());
  });
}
