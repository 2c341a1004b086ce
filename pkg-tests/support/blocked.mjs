/** Pages in which WebAssembly is blocked: by a Content-Security-Policy, or by a hardened browser. */

/** The policy of an application whose author has forgotten `'wasm-unsafe-eval'`. */
const POLICY = "script-src 'self' 'unsafe-inline'";

/** Has every page that is opened from now on in this tab answered with a policy that blocks WebAssembly. */
export async function blockWebAssembly(page) {
  await page.route("**/*", async (route) => {
    if (!route.request().isNavigationRequest()) return route.fallback();
    const response = await route.fetch({ maxRedirects: 0 });
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": POLICY } });
  });
}

/** Takes WebAssembly from every page that is opened from now on in this tab: for pages that do not start without `eval`, which would allow it. */
export async function removeWebAssembly(page) {
  await page.addInitScript(() => delete window.WebAssembly);
}
