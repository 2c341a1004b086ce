/** The quick starts for React, Vue, Angular, Svelte and SvelteKit, and the sign-ins: the files exactly as printed in the guide, in an application of the template, with the guide's back end. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { blockWebAssembly } from "../support/blocked.mjs";
import { launch, openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { followFromOtherSite } from "../support/other-site.mjs";
import { HERE, PACKAGE } from "../support/permgate-folder.mjs";
import { endAll, start } from "../support/processes.mjs";
import { signInEarly } from "./early-sign-in.mjs";
import { PRINTED, TEMPLATES, bareNames, below, checkSvelte, compile, develop, developSvelteKit, filesOf, lay, scriptsOf, serveAngular, withoutReact, withoutTools } from "./quick-start-stage.mjs";
import { commandsOf, enter, showAlertAlone, startBackend } from "./quick-start-steps.mjs";

let browser;
/** A back end for each quick start, by its name. */
const backends = {};
before(async () => {
  browser = await launch();
  // One after the other, so that each has its port before the next looks for one.
  for (const name of ["react", "vue", "angular", "svelte"]) {
    backends[name] = await startBackend();
    backends[`${name} sign-in`] = await startBackend();
  }
  backends["react router"] = await startBackend();
});
after(async () => {
  await browser.close();
  await endAll();
});

/** The running back end, the files of a guide by name, and the guide's two commands: the first revokes, the second grants again. */
async function quickStart(name) {
  const text = await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8");
  assert.ok(text.includes("node node_modules/permgate/docs/contract/demo.mjs\n"));
  const backend = backends[name];
  const files = filesOf(text, name, backend);
  const changes = [...text.matchAll(/curl -X PUT (\S+) -H "Authorization: (Bearer \w+)" -d '(.*)'/g)].map(([, address, authorization, body]) => {
    assert.ok(address.startsWith(PRINTED));
    return () => fetch(address.replace(PRINTED, backend), { method: "PUT", headers: { authorization }, body });
  });
  assert.equal(changes.length, 2);
  return { backend, files, changes };
}

/** The running back end, the files after the guide's sign-in, and its commands: ada signs in, revokes and grants. */
async function signInStart(name, mark = `${name} sign-in`) {
  const text = await readFile(join(HERE, `../docs/guide/${name}.md`), "utf8");
  const backend = backends[mark];
  const files = filesOf(text, name, backend);
  for (const path of Object.keys(files).filter((path) => path.endsWith("permissions.ts"))) {
    const withoutToken = files[path].replace(/^ *token: .*\n/m, "");
    assert.notEqual(withoutToken, files[path]);
    files[path] = withoutToken;
  }
  Object.assign(files, filesOf(text, `${name} sign-in`, backend), filesOf(text, mark, backend));
  return { text, backend, files, ...(await commandsOf(text, PRINTED, backend, name === "react" ? "cbbb" : "cbb")) };
}

/** Signs in while the server answers 502, then without a server, and signs out without an answer: the page shows a message for each. */
async function stumble(t, address) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(address);
  const session = "**/api/session";
  const alert = page.getByRole("alert");
  await page.route(session, (route) => route.fulfill({ status: 502 }));
  await enter(page, "grace-demo");
  await alert.filter({ hasText: "cannot sign you in now (502)" }).waitFor();
  await page.unroute(session);
  await page.route(session, (route) => route.abort());
  await enter(page, "grace-demo");
  await alert.filter({ hasText: "cannot be reached" }).waitFor();
  await page.unroute(session);

  let answer;
  const isAnswered = new Promise((resolve) => (answer = resolve));
  await page.route(session, async (route) => {
    await isAnswered;
    await route.continue();
  });
  const asked = page.waitForRequest(session);
  await enter(page, "grace-demo");
  await asked;
  // A framework may draw the button after it has sent the request.
  await until("the button is disabled while the answer is awaited", () => page.getByRole("button", { name: "Sign in" }).isDisabled());
  answer();
  await page.getByText("Signed in as grace").waitFor();
  assert.equal(await alert.count(), 0);
  await page.unroute(session);

  await signOutUnanswered(page);
  return page;
}

/** Signs out while the server does not answer: the page says so. */
async function signOutUnanswered(page) {
  const session = "**/api/session";
  await page.route(session, (route) => route.abort());
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("alert").filter({ hasText: "did not end the session" }).waitFor();
  assert.equal(await page.getByText("Signed in as grace").isVisible(), false);
  await page.unroute(session);
}

/**
 * A page whose sign-out had no answer offers to sign out again, and says nothing more once the session has ended on the
 * server: by this request, or by a restart, after which a server may answer 401. Nor does it once somebody has signed in.
 */
async function signOutAgain(page) {
  const session = "**/api/session";
  const alert = page.getByRole("alert");
  const again = async () => {
    const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("button", { name: "Sign out again" }).click();
    const status = (await ended).status();
    await alert.waitFor({ state: "detached" });
    return status;
  };
  const signInAnew = async () => {
    await enter(page, "grace-demo");
    await page.getByText("Signed in as grace").waitFor();
  };
  assert.equal(await again(), 204);
  await page.reload();

  await signInAnew();
  await signOutUnanswered(page);
  await page.route(session, (route) => route.fulfill({ status: 401 }));
  assert.equal(await again(), 401);
  await page.unroute(session);

  await signInAnew();
  await signOutUnanswered(page);
  await signInAnew();
  // The session ends elsewhere.
  assert.equal((await page.request.delete(new URL("/api/session", page.url()).href)).status(), 204);
  await page.getByLabel("User").or(page.getByRole("link", { name: "Sign in", exact: true })).first().waitFor();
  assert.equal(await alert.count(), 0);
}

/** Until it is known whether somebody is signed in, and while that cannot be found out, there is no form; every page says that loading has failed. */
async function holdBack(t, signIn, home) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  const endpoint = /\/api\/me\/permissions$/;
  let answer;
  const isAnswered = new Promise((resolve) => (answer = resolve));
  await page.route(endpoint, async (route) => {
    await isAnswered;
    await route.fulfill({ status: 503 });
  });
  const form = page.getByLabel("User", { exact: true });
  const outage = page.getByRole("alert").filter({ hasText: "could not be loaded" });
  await page.goto(signIn);
  await page.getByText("…").first().waitFor();
  assert.equal(await form.count(), 0);
  answer();
  await outage.waitFor();
  assert.equal(await form.count(), 0);
  await page.goto(home);
  await outage.waitFor();
  await page.unroute(endpoint);
  // The page also tries again by itself, and may have done so already: then there is no button left.
  await page.evaluate(() => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Try again")?.click());
  await page.getByRole("link", { name: "Sign in" }).click();
  await form.waitFor();
  assert.equal(await outage.count(), 0);
}

/**
 * Signs in as the guide says, after a wrong password; a revocation hides the button and a grant shows it again;
 * signing out leads back to the form. `shown` finds the element that grace may see, and `again` is her action after the grant.
 */
async function visit(t, address, { revoke, grant }, shown, again = () => {}) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(address);
  await enter(page, "wrong");
  await page.getByRole("alert").waitFor();
  await enter(page, "grace-demo");
  await shown(page).waitFor();
  await page.getByText("Signed in as grace").waitFor();
  assert.equal(await page.getByRole("button", { name: "Users" }).isVisible(), false);
  await revoke();
  await shown(page).waitFor({ state: "hidden" });
  await grant();
  await again(page);
  await shown(page).waitFor();
  const ended = page.waitForResponse((response) => response.request().method() === "DELETE");
  await page.getByRole("button", { name: "Sign out" }).click();
  await ended;
  await page.getByLabel("User").waitFor();
  assert.equal(await shown(page).isVisible(), false);
  return page;
}

/** After a sign-out, the next user does not come to the page of the one before; and a user who is signed in does not come to the sign-in. */
async function signInAgain(page, signIn, home) {
  await until("the sign-in is shown, without the page of the user before", () => page.url() === signIn);
  await enter(page, "grace-demo");
  await page.getByText("Signed in as grace").waitFor();
  await until("it leads home", () => page.url() === home);
  await page.goto(signIn);
  await until("it leads home again", () => page.url() === home);
  await page.getByText("Signed in as grace").waitFor();
}

/** A guarded page whose permissions cannot be loaded says so, asks again on a click, and is shown once they can. */
async function outlast(page, address) {
  const endpoint = /\/api\/me\/permissions$/;
  await page.route(endpoint, (route) => route.fulfill({ status: 503 }));
  await page.goto(address);
  await page.getByText("The permissions could not be loaded.").waitFor();
  assert.equal(await heading(page).isVisible(), false);
  // The click comes first: the page also tries again by itself.
  const asked = page.waitForRequest(endpoint);
  await page.getByRole("button", { name: "Try again" }).click();
  await asked;
  await page.unroute(endpoint);
  await heading(page).waitFor();
}

/** Where a policy blocks WebAssembly, a page says so, and shows no button that cannot help. */
async function explain(t, address) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await blockWebAssembly(page);
  await page.goto(address);
  await page.getByRole("alert").filter({ hasText: "the browser blocks WebAssembly" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
  assert.deepEqual(page.complaints.filter((text) => text.startsWith("uncaught")), []);
}

/** Addresses of another origin, as somebody could write them into a link to the sign-in. */
const ELSEWHERE = ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"];

/** A sign-in whose address wants a page of another origin leads home. */
async function stayHere(t, origin, signInFor, home = "/") {
  for (const wanted of ELSEWHERE) {
    const page = await openPage(browser);
    t.after(() => page.context().close());
    await page.goto(new URL(signInFor(encodeURIComponent(wanted)), origin).href);
    await enter(page, "grace-demo");
    await page.getByText("Signed in as grace").waitFor();
    await until(`${wanted} leads home`, () => page.url() === new URL(home, origin).href);
  }
}

/** The guarded page as grace sees it, and how she comes back to it. */
const heading = (page) => page.getByRole("heading", { name: "All invoices" });
const followLink = (page) => page.getByRole("link", { name: "Invoices" }).click();

/** Opens the application, and checks that it behaves as the guide says. */
async function follow(t, address, [revoke, grant]) {
  const page = await openPage(browser);
  t.after(() => page.context().close());
  await page.goto(address);
  const named = (name) => page.getByRole("button", { name, exact: true });
  await named("Show").waitFor();
  await named("Users").waitFor();
  assert.equal(await named("Delete").isDisabled(), true);
  assert.equal((await revoke()).status, 204);
  await named("Show").waitFor({ state: "hidden" });
  assert.equal((await grant()).status, 204);
  await named("Show").waitFor();
  await until("Delete is enabled", () => named("Delete").isEnabled());
}

/** The options of the template of Vite for Svelte, as far as they are stricter than those of the compiler. */
const SVELTE_OPTIONS = { noEmit: true, strict: true, target: "es2023", lib: ["ES2023", "DOM", "DOM.Iterable"], module: "esnext", moduleResolution: "bundler", types: ["svelte"], skipLibCheck: true, verbatimModuleSyntax: true, isolatedModules: true };

test("if its port is in use, the guides' back end prints advice", async () => {
  const program = start(process.execPath, [join(PACKAGE, "docs/contract/demo.mjs")], { PORT: new URL(backends.react).port });
  await program.line(/^(Port \d+ is in use\. End what listens there, or give this back end another port by the environment variable PORT)/);
});

// Beside each other: they wait for compilers most of the time.
describe("the quick starts lead from the template to a gated button", { concurrency: true }, () => {
  test("React: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("react");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/App.tsx"]);
    const config = withoutReact(files["vite.config.ts"]);
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": config });
    await compile(folder);
    await follow(t, await develop(t, folder), changes);
  });

  test("Vue: the quick start's files show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("vue");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/main.ts", "src/App.vue"]);
    const config = withoutTools(files["vite.config.ts"]);
    const folder = await lay(t, { ...TEMPLATES.vue, ...files, "vite.config.ts": config });
    await follow(t, await develop(t, folder), changes);
  });

  test("Svelte: the quick start's files compile without a warning, show what is granted, and follow a revocation and a grant", async (t) => {
    const { files, changes } = await quickStart("svelte");
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/App.svelte"]);
    const folder = await lay(t, { ...TEMPLATES.svelte, ...files });
    await checkSvelte(folder, SVELTE_OPTIONS);
    await follow(t, await develop(t, folder), changes);
  });

  test("Angular: the quick start's files compile, show what is granted, and follow a revocation and a grant", async (t) => {
    const { backend, files, changes } = await quickStart("angular");
    const { "proxy.conf.json": proxies, ...sources } = files;
    assert.deepEqual(JSON.parse(proxies), { "/api": { target: backend } });
    const own = bareNames(sources);
    assert.deepEqual(Object.keys(own), ["permissions.ts", "app.config.ts", "app.ts"]);
    const routes = "import { Routes } from '@angular/router';\nexport const routes: Routes = [];\n";
    await follow(t, await serveAngular(t, { ...own, "app.routes.ts": routes }, backend), changes);
  });
});

describe("the quick starts lead from the template to a gated button in the server's HTML", () => {
  test("SvelteKit: the quick start's files compile without a warning, show granted elements in the HTML, follow a revocation and a grant, and redirect from a denied page", async (t) => {
    const { page, origin, revoke, grant } = await startSvelteKit(t);
    const show = page.getByRole("button", { name: "Show", exact: true });
    await page.goto(origin);
    await page.getByText("You may not see invoices.").waitFor();
    await enter(page, "wrong");
    await page.getByRole("alert").filter({ hasText: "password is wrong" }).waitFor();
    await enter(page, "grace-demo");
    await show.waitFor();
    const answer = await page.goto(origin);
    assert.match(await answer.text(), /<button>Show<\/button>/);
    assert.match(answer.headers()["cache-control"], /no-store/);
    await page.getByRole("link", { name: "Invoices" }).click();
    await heading(page).waitFor();
    await page.getByText("Number 17").waitFor();
    const address = `${origin}/api/users/grace/permissions`;
    assert.equal((await page.request.put(address, { data: ["user:edit"] })).status(), 403);
    await revoke();
    await page.getByText("You may not see invoices.").waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    assert.equal((await page.request.get(`${origin}/invoices`, { maxRedirects: 0 })).headers().location, "/");
    await grant();
    await show.waitFor();
    const unexpected = page.complaints.filter((text) => !/status of 401|answered 401/.test(text));
    assert.deepEqual(unexpected, []);
  });

  test("SvelteKit: the guide's sign-in leads to the wanted page of its own, also after a link on another site, follows the user, says that WebAssembly is blocked, and tells a server out of order from none", async (t) => {
    const { page, origin, ...commands } = await startSvelteKit(t);
    assert.equal((await page.request.get(`${origin}/invoices?year=2026`, { maxRedirects: 0 })).headers().location, "/?back=%2Finvoices%3Fyear%3D2026");
    const left = await visit(t, `${origin}/invoices`, commands, heading, followLink);
    await until("the home page is shown", () => left.url() === `${origin}/`);
    await signOutAgain(await stumble(t, origin));
    await stayHere(t, origin, (wanted) => `/?back=${wanted}`);

    await enter(left, "grace-demo");
    await left.getByText("Signed in as grace").waitFor();
    await followFromOtherSite(left, `${origin}/invoices?year=2026`);
    await heading(left).waitFor();
    await until("the address is that of the page", () => left.url() === `${origin}/invoices?year=2026`);
    await explain(t, origin);
  });

  test("SvelteKit below a path: the guide's sign-in leads to the wanted page, and home if that is elsewhere, and a sign-out leads home", async (t) => {
    const { page, origin, ...commands } = await startSvelteKit(t, "/shop");
    const address = `${origin}/invoices?year=2026`;
    const { location } = (await page.request.get(address, { maxRedirects: 0 })).headers();
    assert.equal(new URL(location, address).href, `${origin}/?back=%2Fshop%2Finvoices%3Fyear%3D2026`);
    const left = await visit(t, address, commands, heading, followLink);
    await until("the home page is shown", () => left.url() === `${origin}/`);
    await stayHere(t, origin, (wanted) => `/shop/?back=${wanted}`, "/shop/");
    await followFromOtherSite(left, `${origin}/invoices`);
    await enter(left, "grace-demo");
    await heading(left).waitFor();
    await until("the address is that of the page", () => left.url() === `${origin}/invoices`);
  });
});

/** The application of the guide for SvelteKit, which has its back end in it, a page, and the commands of ada, who has signed in. */
async function startSvelteKit(t, base = "") {
  const text = await readFile(join(HERE, "../docs/guide/sveltekit.md"), "utf8");
  const files = filesOf(text, "sveltekit", PRINTED);
  assert.equal(Object.keys(files).length, 15);
  const template = TEMPLATES.sveltekit;
  const config = template["vite.config.ts"].replace("sveltekit({", `sveltekit({ paths: { base: ${JSON.stringify(base)} },`);
  const folder = await lay(t, { ...template, "vite.config.ts": config, ...(base ? below(files) : files) });
  const origin = `${await developSvelteKit(t, folder, base)}${base}`;
  await checkSvelte(folder);
  const page = await openPage(browser);
  t.after(() => page.context().close());
  return { page, origin, ...(await commandsOf(text, "http://localhost:5173", origin)) };
}

describe("the guide's sign-ins work in an application of the template", { concurrency: true }, () => {
  test("React: the guide's sign-in compiles, refuses a wrong password, follows the user, shows different messages for a failing server, a missing one, and blocked WebAssembly, and only the alert while the permissions cannot be loaded", async (t) => {
    const { text, files, ...commands } = await signInStart("react");
    const [, instance] = files["src/permissions.ts"].split(/^(?=export const )/m);
    assert.ok(text.includes(instance), "the guide shows the instance without the token");
    const config = withoutReact(files["vite.config.ts"]);
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": config });
    await compile(folder);
    const origin = await develop(t, folder);
    await visit(t, origin, commands, (page) => page.getByRole("button", { name: "Show", exact: true }));
    await signOutAgain(await stumble(t, origin));
    const page = await openPage(browser);
    t.after(() => page.context().close());
    await showAlertAlone(page, origin);
    await explain(t, origin);
  });

  test("React Router: the guide's files compile, lead to the wanted page, follow the user, show that loading failed or WebAssembly is blocked, and catch unknown addresses", async (t) => {
    const { files, ...commands } = await signInStart("react", "react router");
    const config = withoutReact(files["vite.config.ts"]);
    assert.deepEqual(Object.keys(files), ["vite.config.ts", "src/permissions.ts", "src/App.tsx", "src/SignIn.tsx", "src/Unavailable.tsx", "src/Session.tsx", "src/SignInPage.tsx", "src/Invoices.tsx", "src/Layout.tsx", "src/router.tsx"]);
    const folder = await lay(t, { ...TEMPLATES.react, ...files, "vite.config.ts": config });
    await compile(folder);
    const origin = await develop(t, folder);
    const page = await visit(t, `${origin}invoices`, commands, heading, followLink);
    await signInAgain(page, `${origin}sign-in`, origin);
    await followLink(page);
    await heading(page).waitFor();
    assert.equal(new URL(page.url()).pathname, "/invoices");

    await outlast(page, `${origin}invoices`);
    await explain(t, `${origin}invoices`);
    await explain(t, `${origin}sign-in`);
    await signOutAgain(await stumble(t, `${origin}sign-in`));
    await holdBack(t, `${origin}sign-in`, origin);

    await page.goto(`${origin}nowhere`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    const link = page.getByRole("link", { name: "Sign in" });
    assert.equal(await link.count(), 0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("User").waitFor();
    assert.equal(await link.count(), 0);
  });

  test("Vue: the guide's sign-in compiles, refuses a wrong password, leads to the wanted page of its own, follows the user, says that loading failed or WebAssembly is blocked, and tells a server out of order from none", async (t) => {
    const { files, ...commands } = await signInStart("vue");
    const folder = await lay(t, { ...TEMPLATES.vue, ...files, "vite.config.ts": withoutTools(files["vite.config.ts"]), ...scriptsOf(files) });
    // A script alone does not use the names that only its template uses.
    await compile(folder, { noUnusedLocals: false, verbatimModuleSyntax: false });
    const origin = await develop(t, folder);
    const page = await visit(t, `${origin}invoices`, commands, heading, followLink);
    await signInAgain(page, `${origin}sign-in`, origin);
    await outlast(page, `${origin}invoices`);
    await explain(t, `${origin}invoices`);
    await explain(t, `${origin}sign-in`);
    await signOutAgain(await stumble(t, `${origin}sign-in`));
    await holdBack(t, `${origin}sign-in`, origin);
    await stayHere(t, origin, (wanted) => `/sign-in?back=${wanted}`);
  });

  test("Angular: the guide's sign-in compiles, its tests pass, and it refuses a wrong password, leads to the wanted page of its own, follows the user, says that loading failed or WebAssembly is blocked, and tells a server out of order from none", async (t) => {
    const { backend, files: { "proxy.conf.json": _, ...files }, ...commands } = await signInStart("angular");
    const specs = bareNames(filesOf(await readFile(join(HERE, "../docs/guide/angular.md"), "utf8"), "angular (?:spec|guard)", backend));
    assert.deepEqual(Object.keys(specs), ["app.spec.ts", "app.routes.spec.ts"]);
    const origin = await serveAngular(t, bareNames(files), backend, specs);
    const page = await visit(t, `${origin}/invoices`, commands, heading, followLink);
    await signInAgain(page, `${origin}/sign-in`, `${origin}/`);
    await outlast(page, `${origin}/invoices`);
    await explain(t, `${origin}/invoices`);
    await explain(t, `${origin}/sign-in`);
    await signOutAgain(await stumble(t, `${origin}/sign-in`));
    await holdBack(t, `${origin}/sign-in`, `${origin}/`);
    await stayHere(t, origin, (wanted) => `/sign-in?from=${wanted}`);
    await signInEarly(t, browser, `${origin}/sign-in`);
  });

  test("Svelte: the guide's sign-in compiles, refuses a wrong password, follows the user, says that WebAssembly is blocked, and tells a server out of order from none", async (t) => {
    const { files, ...commands } = await signInStart("svelte");
    const folder = await lay(t, { ...TEMPLATES.svelte, ...files });
    await checkSvelte(folder, SVELTE_OPTIONS);
    const origin = await develop(t, folder);
    await visit(t, origin, commands, (page) => page.getByRole("button", { name: "Show", exact: true }));
    await signOutAgain(await stumble(t, origin));
    await explain(t, origin);
  });
});
