/** The template's configuration, and the API passed on in development. */

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  server: { proxy: { "/api": process.env.PERMGATE_API ?? "http://127.0.0.1:7420" } },
});
