/** Runs the application of the guide for Angular with server rendering: its sections one after the other, and the kit in its server. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { endAll } from "../support/processes.mjs";
import { run } from "./prepare.mjs";
import { serveStack } from "./serve.mjs";

/** The sections of the guide, of which later ones replace files of those before. */
const SECTIONS = ["angular", "angular sign-in", "angular ssr", "angular elsewhere", "angular policy"];

/** What the template of `ng new --ssr` has, and the guide replaces. */
const PRERENDERED = `import { RenderMode, ServerRoute } from '@angular/ssr';

export const serverRoutes: ServerRoute[] = [{ path: '**', renderMode: RenderMode.Prerender }];
`;
const ROUTES = "src/app/app.routes.server.ts";

/** The console messages that the checks provoke. */
const EXPECTED = [/the server responded with a status of 401 /, /^warning: permgate: the endpoint answered 401; sign in, /];

/** Lays out the application, builds it in production, and runs the checks in a mode of the stack. */
export async function runAngular(browser, stack, mode, folder) {
  try {
    const { isBuilt, ...how } = stack[mode];
    layOut(folder);
    // The development server adds inline scripts of its own.
    if (isBuilt) addPolicy(folder);
    const results = [];
    if (isBuilt) {
      results.push({ name: "a guarded route that is prerendered is built, without its page", error: await failure(() => prerender(folder)) });
      run(folder, ["ng", "build"]);
    }
    const { origin, close } = await serveStack(how, folder);
    const page = await openPage(browser);
    for (const [name, check] of Object.entries(CHECKS)) results.push({ name, error: await failure(() => check({ browser, page, origin })) });
    await page.context().close();
    await close();
    return results;
  } finally {
    await endAll();
  }
}

function layOut(folder) {
  const guide = join(folder, "node_modules/permgate/docs/guide");
  const text = readFileSync(join(guide, "angular.md"), "utf8");
  const write = (path, content) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const mark of SECTIONS) {
    for (const [, path, indent, code] of text.matchAll(new RegExp(`<!-- ${mark}: (\\S+) -->\\n( *)\`\`\`\\w+\\n(.*?\\n) *\`\`\``, "gs"))) write(path, code.replace(new RegExp(`^${indent}`, "gm"), ""));
  }
  const kit = [...readFileSync(join(guide, "backends.md"), "utf8").matchAll(/^```javascript\n\/\/ (database|permissions|server)\.mjs\n(.*?)^```/gms)];
  assert.equal(kit.length, 3, "the page on back ends does not have the files of the kit");
  for (const [, name, code] of kit) write(`server/${name}.mjs`, code);
}

/** Adds the Content-Security-Policy of the guide to the server, and to the configuration what the guide says. */
function addPolicy(folder) {
  const guide = readFileSync(join(folder, "node_modules/permgate/docs/guide/angular.md"), "utf8");
  const [, added, lines] = /```ts\n\/\/ src\/server\.ts: `(import [^`]+)`, and in place of the line with `response`\n(.*?)```/s.exec(guide);
  const server = join(folder, "src/server.ts");
  const printed = readFileSync(server, "utf8");
  const withPolicy = `${added}\n${printed.replace(/^ *const response = .*\n/m, () => lines)}`;
  assert.ok(!withPolicy.includes("? {} :"));
  writeFileSync(server, withPolicy);
  const configuration = join(folder, "angular.json");
  const workspace = JSON.parse(readFileSync(configuration, "utf8"));
  workspace.projects["my-app"].architect.build.configurations.production.optimization = { styles: { inlineCritical: false } };
  writeFileSync(configuration, JSON.stringify(workspace));
}

/** Builds the application as the template does, and leaves the guide's file of routes. */
function prerender(folder) {
  const printed = readFileSync(join(folder, ROUTES), "utf8");
  try {
    writeFileSync(join(folder, ROUTES), PRERENDERED);
    run(folder, ["ng", "build"]);
  } finally {
    writeFileSync(join(folder, ROUTES), printed);
  }
  const html = readFileSync(join(folder, "dist/my-app/browser/invoices/index.html"), "utf8");
  assert.match(html, /<main><router-outlet><\/router-outlet>/);
  assert.doesNotMatch(html, /All invoices/);
}

async function failure(check) {
  return Promise.resolve().then(check).then(() => null, (error) => error.message);
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const heading = (page) => page.getByRole("heading", { name: "All invoices" });

/** Signs in over HTTP; gives a function that sends requests with the session. */
async function signInAside(origin, user) {
  const body = JSON.stringify({ user, password: `${user}-demo` });
  const answer = await fetch(`${origin}/api/session`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(answer.status, 204);
  const cookie = answer.headers.getSetCookie()[0].split(";")[0];
  return (path, options = {}) => fetch(origin + path, { ...options, headers: { "content-type": "application/json", cookie } });
}

/** Replaces the permissions of grace, as ada. */
async function grant(origin, names) {
  const asAda = await signInAside(origin, "ada");
  assert.equal((await asAda("/api/users/grace/permissions", { method: "PUT", body: JSON.stringify(names) })).status, 204);
}

/** They run in this order, on one page, and build on each other. */
const CHECKS = {
  "the address of a guarded page leads to the sign-in on the server": async ({ origin }) => {
    const answer = await fetch(`${origin}/invoices`, { redirect: "manual" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [302, "/sign-in?from=%2Finvoices"]);
  },
  "a form that is sent before the instance is loaded is not lost": async ({ page, origin }) => {
    let release;
    const isReleased = new Promise((resolve) => (release = resolve));
    const hold = async (route) => {
      await isReleased;
      await route.continue();
    };
    await page.route("**/*.wasm", hold);
    await page.goto(`${origin}/invoices`, { waitUntil: "commit" });
    await page.getByLabel("User").fill("grace");
    await page.getByLabel("Password").fill("grace-demo");
    assert.equal(await button(page, "Sign in").isDisabled(), true);
    await page.getByLabel("Password").press("Enter");
    assert.equal(page.url(), `${origin}/sign-in?from=%2Finvoices`);
    release();
    await button(page, "Sign in").click();
    await heading(page).waitFor();
    assert.equal(new URL(page.url()).pathname, "/invoices");
    await page.unroute("**/*.wasm", hold);
  },
  "after a reload the HTML has the page and the granted elements, and caches may not store it": async ({ page, origin }) => {
    const answer = await page.goto(`${origin}/invoices`);
    const html = await answer.text();
    assert.match(html, /All invoices/);
    for (const shown of ["Show", "Sign out"]) assert.match(html, new RegExp(`<button[^>]*>${shown}<`));
    assert.match(html, /Signed in as grace/);
    assert.match(answer.headers()["cache-control"], /no-store/);
    await button(page, "Show").waitFor();
    await page.getByText("Signed in as grace").waitFor();
  },
  "a revocation in the open page leaves it, and a grant opens it again": async ({ page, origin }) => {
    await grant(origin, ["invoice:delete"]);
    await until("the page is left", () => new URL(page.url()).pathname === "/");
    await button(page, "Show").waitFor({ state: "detached" });
    await grant(origin, ["invoice:view", "invoice:delete"]);
    await page.getByRole("link", { name: "Invoices" }).click();
    await heading(page).waitFor();
  },
  "without scripts, a tagged element is not visible": async ({ browser, origin }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(origin);
    assert.equal(await page.locator("[data-permission]").count(), 1);
    assert.equal(await page.locator("[data-permission]").isVisible(), false);
    await context.close();
  },
  "addresses of the API that do not exist are no pages": async ({ origin }) => {
    assert.equal((await fetch(`${origin}/api/nothing`)).status, 404);
  },
  "signing out hides everything": async ({ page }) => {
    await button(page, "Sign out").click();
    await page.getByLabel("User").waitFor();
    assert.equal(await button(page, "Show").count(), 0);
  },
  "the console is clean": ({ page }) => {
    assert.deepEqual(page.complaints.filter((text) => !EXPECTED.some((pattern) => pattern.test(text))), []);
  },
};
