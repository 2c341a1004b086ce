/** In development, Vite serves the page and passes `/api` on to the server. */

import { permgate } from "permgate/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [permgate()],
  build: { target: "es2022" },
  server: { proxy: { "/api": "http://127.0.0.1:3000" } },
});
