/** A check of the quick start that only Next 15 needs: a click opens the page, at whatever moment the page's script arrives. */

import assert from "node:assert/strict";
import { openTab } from "../../support/chromium.mjs";

/** The number of moments that are tried: React has come to rest by the last one. */
const MOMENTS = 6;

/** The number of frames without a turn of React's after which it is at rest. */
const FRAMES_AT_REST = 20;

/** Runs in the page before its scripts. React renders in turns, each begun by a message to itself: `afterTurn` calls a function after the next one. */
function watchTurns() {
  const waiting = [];
  window.afterTurn = (call) => waiting.push(call);
  window.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      const { port1 } = this;
      const listen = (turn) => {
        port1.addEventListener("message", (event) => {
          turn(event);
          for (const call of waiting.splice(0)) call();
        });
        port1.start();
      };
      Object.defineProperty(port1, "onmessage", { set: listen });
    }
  };
}

/**
 * Runs in the page. From now on, an answer of the router arrives all at once, and the scripts that it needs run some
 * turns of React's later, or when React is at rest.
 */
function holdScripts({ turns, framesAtRest }) {
  const { fetch, TURBOPACK: runtime } = window;
  const run = runtime.push;
  const held = [];
  let isAnswered = false;
  let isBegun = false;
  const release = () => {
    runtime.push = run;
    for (const script of held.splice(0)) runtime.push(...script);
  };
  const count = (left, frames) => {
    let isOver = false;
    const next = (step, ...rest) => () => {
      if (isOver) return;
      isOver = true;
      step(...rest);
    };
    if (left === 0 || frames === 0) return release();
    window.afterTurn(next(count, left - 1, framesAtRest));
    requestAnimationFrame(next(count, left, frames - 1));
  };
  const begin = () => {
    if (!isAnswered || held.length === 0 || isBegun) return;
    isBegun = true;
    window.heldScripts = held.length;
    count(turns, framesAtRest);
  };
  runtime.push = (...script) => {
    held.push(script);
    begin();
  };
  window.fetch = async (address, options) => {
    const answer = await fetch(address, options);
    const headers = new Headers(options?.headers);
    if (!headers.has("rsc") || headers.has("next-router-prefetch")) return answer;
    const text = await answer.text();
    queueMicrotask(() => {
      isAnswered = true;
      begin();
    });
    return Object.defineProperty(new Response(text, answer), "url", { value: answer.url });
  };
}

export const CHECKS_OF_15 = {
  // The React of Next 15 forgets to render a page again whose script runs between two turns of its rendering.
  "a click on a link opens the guarded page, at whatever moment the page's script arrives": async ({ page, origin }) => {
    const context = await page.context().browser().newContext();
    await context.request.post(`${origin}/api/session`, { data: { user: "grace", password: "grace-demo" } });
    for (let turns = 0; turns < MOMENTS; turns += 1) {
      const tab = await openTab(context);
      await tab.addInitScript(watchTurns);
      await tab.goto(origin);
      await tab.waitForFunction(() => !document.querySelector("button[disabled]"));
      await tab.evaluate(holdScripts, { turns, framesAtRest: FRAMES_AT_REST });
      await tab.getByRole("link", { name: "Invoices", exact: true }).click();
      await tab
        .getByRole("heading", { name: "All invoices" })
        .waitFor()
        .catch((error) => assert.fail(`the script arrived ${turns} turns after the answer: ${error.message}`));
      assert.ok((await tab.evaluate(() => window.heldScripts)) > 0, "no script was held back");
      page.complaints.push(...tab.complaints);
      await tab.close();
    }
    await context.close();
  },
};
