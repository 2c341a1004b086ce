/** Uses the demo as people do: opens it, signs in, goes from page to page, changes the permissions of users. */

import assert from "node:assert/strict";
import { openPage, openTab } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";
import { call, differences, outcomes } from "./oracle.mjs";
import { probe } from "./probe.mjs";

/** The seeded users, and how each signs in here: both modes are used. */
export const USERS = { ada: "cookie", grace: "token", linus: "cookie", margaret: "token", alan: "cookie" };

/** The size of the window: wide enough for the menu to be visible. */
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
 * Signs in on the sign-in page by one click. Returns the session: its user, and the credentials of the
 * page, so that the test can call the server as the same user.
 */
export async function signIn(page, username, mode = "token") {
  await page.getByTestId(`mode-${mode}`).check();
  const answered = page.waitForResponse(isSignIn);
  await page.getByTestId(`user-${username}`).click();
  const session = await sessionOf(page, await answered, mode);
  await page.getByTestId("shell").waitFor();
  return session;
}

/** Whether a response is the answer to a sign-in. */
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

/** Goes to a page of records, and waits until it shows them. */
export async function openRecords(page, key) {
  await page.getByTestId(`nav-${key}`).click();
  await settled(page, `page-${key}`);
}

/**
 * Waits until a page is complete: in view, all tagged elements decided, and its data loaded if the user
 * may see it.
 */
export function settled(page, testId) {
  return until(`\`${testId}\` is in view, decided and loaded`, () =>
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
 * The demo without a stream and without messages of other tabs: for changes that a page has to notice by
 * itself when nothing is pushed.
 */
export const ALONE = "/?push=off&tabs=off";

/** For `prepare`: permgate does not notice navigation between views, which would make it load, too. */
export function withoutNavigation(page) {
  return page.addInitScript(() => {
    window.navigation.addEventListener = () => undefined;
  });
}

/**
 * For `prepare`: the status strip is never updated. It reads the status of permgate every second, and each
 * question makes permgate look at the clock; without that, only permgate's own timer does.
 */
export function withoutTicks(page) {
  return page.addInitScript(() => {
    window.setInterval = () => 0;
  });
}

/** The number of displayed tagged elements. It does not ask permgate, which would make it look at the clock. */
export function countDisplayed(page) {
  return page.evaluate(() => window.permgateProbe.displayed().length);
}

/** All tagged elements of the page. */
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

/** Waits until there are elements with a requirement, and all of them are in a state. */
export function becomes(page, requirement, state) {
  return until(`every element with \`${requirement}\` is ${state}`, async () => {
    const states = await statesOf(page, requirement);
    return states.length === 1 && states[0] === state;
  });
}

/** Signs in by the API, as a user without a page. */
export async function signInAside({ origin }, username) {
  const body = { username, password: `${username}-demo`, mode: "token" };
  const { subject, token } = await call({ origin }, "POST", "/api/session", body);
  return { origin, subject, token, headers: { Authorization: `Bearer ${token}` } };
}

/** Adds an allow or deny for a user, or removes those of a permission (`effect` null), by the API. */
export async function setGrant(administrator, username, permission, effect) {
  const users = await call(administrator, "GET", "/api/admin/users");
  const { id, grants } = users.find((user) => user.username === username);
  const others = grants.filter((grant) => grant.permission !== permission);
  const now = effect === null ? others : [...others, { permission, effect }];
  return call(administrator, "PUT", `/api/admin/users/${id}/grants`, { grants: now });
}

/** Grants everything to a user, without denials, by the API: then the user can administer permissions, too. */
export async function makeKeeper(administrator, username) {
  const users = await call(administrator, "GET", "/api/admin/users");
  const { id } = users.find((user) => user.username === username);
  return call(administrator, "PUT", `/api/admin/users/${id}/grants`, { grants: [{ permission: "*", effect: "allow" }] });
}

/** Flips a switch on the administration page, and waits until the server's answer is shown. */
export async function flipRight(page, username, permission) {
  await page.getByTestId("nav-admin-users").click();
  await settled(page, "admin-users");
  await page.getByTestId(`user-row-${username}`).click();
  const cell = page.getByTestId(`grant-${username}-${permission}`);
  const was = await cell.getAttribute("aria-checked");
  await cell.click();
  await until(`the switch of \`${permission}\` has changed`, async () => (await cell.getAttribute("aria-checked")) !== was);
}

/** Adds witness elements for permissions and for their negations, and waits until all are decided. */
export async function plant(page, permissions) {
  const requirements = permissions.flatMap((permission) => [permission, `!${permission}`]);
  await page.evaluate((requirements) => window.permgateProbe.plant(requirements), requirements);
  await until("half of the witnesses are granted", () =>
    page.evaluate((half) => window.permgateProbe.witnesses("granted").length === half, permissions.length),
  );
}

/** Checks that every tagged element is shown as the server decides for a session. */
export async function assertAsDecided(page, session) {
  const elements = await tagged(page);
  assert.ok(elements.length > 0, "the page has no tagged element");
  assert.deepEqual(differences(elements, await outcomes(session, elements)), []);
}

/** Collects the requests of the page to the API from now on, in order: `GET /api/session`. */
export function requestsOf(page) {
  const requests = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) requests.push(`${request.method()} ${pathname}`);
  });
  return requests;
}

/**
 * Checks that the console has no errors, that no policy was violated, and that no frame displayed a refused
 * element. `expected` are console messages that belong to the test.
 */
export async function assertClean(page, expected = []) {
  const { flashes, violations, frames } = await page.evaluate(() => window.permgateProbe.record);
  const complaints = page.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  assert.deepEqual({ complaints, flashes, violations }, { complaints: [], flashes: [], violations: [] });
  assert.ok(frames > 0, "no frame was looked at");
}

/** The console messages about answers and servers that fail on purpose. */
export const SIGNED_OUT = /^error: Failed to load resource: the server responded with a status of 401/;
export const REFUSED = /^error: Failed to load resource: the server responded with a status of 403/;
export const UNREACHABLE = /^error: (Failed to load resource|WebSocket connection to \S+ failed:.*): net::ERR_/;
