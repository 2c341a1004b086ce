/** The template's configuration, the stylesheet, and the API passed on in development. */

export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  css: ["permgate/cloak.css"],
  nitro: { devProxy: { "/api": `${process.env.PERMGATE_API ?? "http://127.0.0.1:7420"}/api` } },
});
