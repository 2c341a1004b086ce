/** Uses the demo as people do: opens it, signs in, goes from page to page, changes somebody's rights. */

import assert from "node:assert/strict";
import { openPage, openTab } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { call, differences, outcomes } from "./oracle.mjs";
import { probe } from "./probe.mjs";

/** The seeded users, and how each signs in here: both ways are used. */
export const USERS = { ada: "cookie", grace: "token", linus: "cookie", margaret: "token", alan: "cookie" };

/** Wide enough for the menu to be there. */
const VIEWPORT = { width: 1360, height: 900 };

/** Opens the demo in a context of its own, or in a new tab beside `beside`. */
export async function openDemo(browser, { origin }, { path = "/", beside, prepare } = {}) {
  const page = await (beside ? openTab(beside.context()) : openPage(browser, { viewport: VIEWPORT }));
  await page.addInitScript(probe);
  await prepare?.(page);
  await page.goto(origin + path);
  return page;
}

/**
 * Signs in on the sign-in page by one click. Gives the session: who it is, and what the page shows
 * to the server, so that the test can ask the server as the same user.
 */
export async function signIn(page, username, mode = "token") {
  await page.getByTestId(`mode-${mode}`).check();
  const answered = page.waitForResponse(isSignIn);
  await page.getByTestId(`user-${username}`).click();
  const session = await sessionOf(page, await answered, mode);
  await page.getByTestId("shell").waitFor();
  return session;
}

/** Whether it is the answer to a sign-in. */
function isSignIn(response) {
  return new URL(response.url()).pathname === "/api/session" && response.request().method() === "POST";
}

async function sessionOf(page, response, mode) {
  const { subject, token } = await response.json();
  const { origin } = new URL(response.url());
  const cookies = await page.context().cookies(origin);
  const headers =
    mode === "token"
      ? { Authorization: `Bearer ${token}` }
      : { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
  return { origin, subject, token, headers };
}

/** Goes to a page of records and waits until it shows them. */
export async function openRecords(page, key) {
  await page.getByTestId(`nav-${key}`).click();
  await settled(page, `page-${key}`);
}

/**
 * Waits until a page is there as a whole: in view, everything tagged decided, and what it loads
 * loaded, if it may be seen.
 */
export function settled(page, testId) {
  return until(`\`${testId}\` is there, decided and loaded`, () =>
    page.evaluate((testId) => {
      const place = document.querySelector(`#main [data-testid="${testId}"]`);
      const undecided = '[data-permission]:not([data-permission-state="granted"],[data-permission-state="denied"])';
      const isDecided = document.querySelector(undecided) === null;
      if (place === null || !isDecided) return false;
      const needed = place.querySelector(":scope > [data-permission-state=granted]");
      const isBody = needed?.matches(".page-body, .admin");
      return !isBody || needed.querySelector("[data-testid=rows] tr, .choose li") !== null;
    }, testId),
  );
}

/**
 * The demo without a stream and without a word of other tabs: for what a page notices by itself, and
 * must notice where nothing is pushed.
 */
export const ALONE = "/?push=off&tabs=off";

/** For `prepare`: permgate does not hear that the user goes from view to view, which makes it ask, too. */
export function withoutNavigation(page) {
  return page.addInitScript(() => {
    window.navigation.addEventListener = () => undefined;
  });
}

/**
 * For `prepare`: the status strip never ticks. It asks permgate how things stand every second, and
 * whoever asks also wakes it; without that, only permgate's own timer can notice that time passes.
 */
export function withoutTicks(page) {
  return page.addInitScript(() => {
    window.setInterval = () => 0;
  });
}

/** How many tagged elements are displayed. Nobody is asked, so that nobody is woken. */
export function countDisplayed(page) {
  return page.evaluate(() => window.permgateProbe.displayed().length);
}

/** Everything tagged on the page. */
export function tagged(page) {
  return page.evaluate(() => window.permgateProbe.tagged());
}

/** The state of permgate in the page. */
export function snapshot(page) {
  return page.evaluate(() => window.permgateDemo.permissions.snapshot());
}

/** The states of the elements with a requirement, without repetition. */
export function statesOf(page, requirement) {
  return page.evaluate(
    (requirement) => [
      ...new Set(
        [...document.querySelectorAll("[data-permission]")]
          .filter((element) => element.dataset.permission === requirement)
          .map((element) => element.dataset.permissionState),
      ),
    ],
    requirement,
  );
}

/** Waits until all elements with a requirement are in a state, and there are some. */
export function becomes(page, requirement, state) {
  return until(`everything with \`${requirement}\` is ${state}`, async () => {
    const states = await statesOf(page, requirement);
    return states.length === 1 && states[0] === state;
  });
}

/** Signs in by API, as somebody whose page is not looked at. */
export async function signInAside({ origin }, username) {
  const body = { username, password: `${username}-demo`, mode: "token" };
  const { subject, token } = await call({ origin }, "POST", "/api/session", body);
  return { origin, subject, token, headers: { Authorization: `Bearer ${token}` } };
}

/** Gives a user one more allow or deny, or takes those of a permission off (`effect` null), by API. */
export async function setGrant(administrator, username, permission, effect) {
  const users = await call(administrator, "GET", "/api/admin/users");
  const { id, grants } = users.find((user) => user.username === username);
  const others = grants.filter((grant) => grant.permission !== permission);
  const now = effect === null ? others : [...others, { permission, effect }];
  return call(administrator, "PUT", `/api/admin/users/${id}/grants`, { grants: now });
}

/** Gives a user everything, without denials, by API: then the user is a keeper of the rights, too. */
export async function makeKeeper(administrator, username) {
  const users = await call(administrator, "GET", "/api/admin/users");
  const { id } = users.find((user) => user.username === username);
  return call(administrator, "PUT", `/api/admin/users/${id}/grants`, { grants: [{ permission: "*", effect: "allow" }] });
}

/** Flips a switch on the administration page, and waits until the server's answer is shown there. */
export async function flipRight(page, username, permission) {
  await page.getByTestId("nav-admin-users").click();
  await settled(page, "admin-users");
  await page.getByTestId(`user-row-${username}`).click();
  const cell = page.getByTestId(`grant-${username}-${permission}`);
  const was = await cell.getAttribute("aria-checked");
  await cell.click();
  await until(`the switch of \`${permission}\` is over`, async () => (await cell.getAttribute("aria-checked")) !== was);
}

/** Adds witnesses of permissions and of their opposites, and waits until all are decided. */
export async function plant(page, permissions) {
  const requirements = permissions.flatMap((permission) => [permission, `!${permission}`]);
  await page.evaluate((requirements) => window.permgateProbe.plant(requirements), requirements);
  await until("half of the witnesses are granted", () =>
    page.evaluate((half) => window.permgateProbe.witnesses("granted").length === half, permissions.length),
  );
}

/** Everything on the page is as the server decides for a session. */
export async function assertAsDecided(page, session) {
  const elements = await tagged(page);
  assert.ok(elements.length > 0, "nothing is tagged");
  assert.deepEqual(differences(elements, await outcomes(session, elements)), []);
}

/** Paths of the API that the page asks for from now on, in order: `GET /api/session`. */
export function requestsOf(page) {
  const requests = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) requests.push(`${request.method()} ${pathname}`);
  });
  return requests;
}

/**
 * Nothing was complained about, no policy was violated, and nothing was displayed in any frame
 * that was not granted. `expected` are console messages that belong to the test.
 */
export async function assertClean(page, expected = []) {
  const { flashes, violations, frames } = await page.evaluate(() => window.permgateProbe.record);
  const complaints = page.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  assert.deepEqual({ complaints, flashes, violations }, { complaints: [], flashes: [], violations: [] });
  assert.ok(frames > 0, "no frame was looked at");
}

/** What the console says of answers and servers that a test means to fail. */
export const SIGNED_OUT = /^error: Failed to load resource: the server responded with a status of 401/;
export const REFUSED = /^error: Failed to load resource: the server responded with a status of 403/;
export const UNREACHABLE = /^error: (Failed to load resource|WebSocket connection to \S+ failed:.*): net::ERR_/;
