/** The template's configuration, and the API passed on in development. */

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": process.env.PERMGATE_API ?? "http://127.0.0.1:7420" } },
});
