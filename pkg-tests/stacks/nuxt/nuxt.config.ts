/** The template's configuration, the stylesheet, one download of the module, and the API passed on in development. */

export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  css: ["permgate/cloak.css"],
  hooks: {
    // The page already has a tag that preloads the module; Nuxt's own tag would download it a second time.
    "build:manifest": (manifest) => {
      for (const file of Object.values(manifest)) if (file.file.endsWith(".wasm")) file.prefetch = false;
    },
  },
  nitro: { devProxy: { "/api": `${process.env.PERMGATE_API ?? "http://127.0.0.1:7420"}/api` } },
});
