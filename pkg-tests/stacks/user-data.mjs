/** The check of applications that load data of their user: nothing that was loaded for one user is shown to the next one. */

import assert from "node:assert/strict";
import { signInAside } from "../e2e/demo.mjs";
import { openPage } from "../support/chromium.mjs";
import { until } from "../support/deadline.mjs";

/** Runs in the page: records each text of the elements with data of a user, in each frame from now on. */
function record() {
  window.stacksTexts = [];
  const look = () => {
    for (const element of document.querySelectorAll('[data-testid="whose"], [data-testid="mine"]')) {
      const text = `${element.dataset.testid}: ${element.textContent}`;
      if (!window.stacksTexts.includes(text)) window.stacksTexts.push(text);
    }
    requestAnimationFrame(look);
  };
  look();
}

/** Presses the button as a user, whose sign-in the application takes from the session storage. */
async function signIn(page, username) {
  await page.evaluate((name) => sessionStorage.setItem("stacks.user", name), username);
  await page.getByTestId("sign-in").click();
}

export const ON_USERS = {
  "data that were loaded for a user are not shown to the next one, also by a link, back and forward": async ({ browser, server, origin }) => {
    const [first, second] = (await Promise.all(["grace", "ada"].map((name) => signInAside(server, name)))).map(({ subject }) => subject);
    const page = await openPage(browser);
    const says = (name, text) => until(`\`${name}\` says \`${text}\``, async () => (await page.getByTestId(name).textContent({ timeout: 1_000 })) === text);
    const isAt = (path) => until(`the address is ${path}`, () => new URL(page.url()).pathname === path);
    await page.goto(origin);
    await until("the instance is ready", () => page.getByTestId("sign-in").isEnabled());
    await says("whose", "nobody");
    await signIn(page, "grace");
    await says("whose", first);
    await page.getByTestId("nav-mine").click();
    await says("mine", first);
    await page.getByTestId("nav-home").click();
    await isAt("/");
    // SvelteKit loads a page when its link is pointed at.
    const isPreloading = (await page.locator("[data-sveltekit-preload-data]").count()) > 0;
    const preloaded = isPreloading && page.waitForResponse((response) => new URL(response.url()).pathname === "/mine/__data.json");
    await page.mouse.move(0, 0);
    await page.getByTestId("nav-mine").hover();
    await preloaded;

    await page.getByTestId("sign-out").click();
    await says("whose", "nobody");
    await signIn(page, "ada");
    await says("whose", second);
    await page.evaluate(record);
    await page.goBack();
    await isAt("/mine");
    await says("mine", second);
    await page.goForward();
    await isAt("/");
    await page.getByTestId("nav-mine").click();
    await says("mine", second);
    await says("whose", second);
    const texts = await page.evaluate(() => window.stacksTexts);
    assert.deepEqual(texts.filter((text) => text.includes(first)), [], texts.join("; "));
    assert.ok(texts.includes(`mine: ${second}`), texts.join("; "));

    // Another tab signs out, and somebody else in, with the same cookie.
    const other = await page.context().newPage();
    await other.goto(origin);
    await until("the other instance is ready", () => other.getByTestId("sign-in").isEnabled());
    await other.getByTestId("sign-out").click();
    await until("nobody is signed in", async () => (await other.getByTestId("whose").textContent()) === "nobody");
    await signIn(other, "grace");
    await says("whose", first);
    await says("mine", first);
    await page.context().close();
  },
  "a page that was rendered for nobody, since a link of another site brings no cookie, loads its data again for the user": async ({ browser, server, origin }) => {
    const { subject } = await signInAside(server, "grace");
    const page = await openPage(browser);
    const says = (text) => until(`the layout has data of \`${text}\``, async () => (await page.getByTestId("whose").textContent({ timeout: 1_000 })) === text);
    await page.goto(origin);
    await until("the instance is ready", () => page.getByTestId("sign-in").isEnabled());
    await signIn(page, "grace");
    await says(subject);
    await page.goto(`data:text/html,<a href="${origin}/mine">Mine</a>`);
    const answer = page.waitForResponse(`${origin}/mine`);
    await page.getByRole("link").click();
    const html = await (await answer).text();
    assert.ok(!html.includes(subject), "the cookie is that of a page of another site, too");
    await says(subject);
    await until("the page has data of the user", async () => (await page.getByTestId("mine").textContent()) === subject);
    await page.context().close();
  },
};
