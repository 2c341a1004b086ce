/** Gives Node.js the window of jsdom, for frameworks that look for a document when they are imported. */

import { JSDOM } from "jsdom";

/** The window's page is `html`; names that Node.js has already stay its own. */
export function openWindow(html = "<!doctype html><title>Page</title>") {
  const { window } = new JSDOM(html, { url: "http://localhost/", pretendToBeVisual: true });
  for (const name of Object.getOwnPropertyNames(window)) {
    if (!(name in globalThis) && !/^\d/.test(name)) globalThis[name] = window[name];
  }
  globalThis.window = window;
}
