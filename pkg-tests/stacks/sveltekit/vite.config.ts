/** The template's configuration with the adapter for Node.js, and the API passed on in development. */

import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    sveltekit({
      compilerOptions: { runes: ({ filename }) => (filename.split(/[/\\]/).includes("node_modules") ? undefined : true) },
      adapter: adapter(),
    }),
  ],
  server: { proxy: { "/api": process.env.PERMGATE_API ?? "http://127.0.0.1:7420" } },
});
