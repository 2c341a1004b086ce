/** The development server passes the API on. */

import { defineConfig } from "vite";

export default defineConfig({ server: { proxy: { "/api": process.env.PERMGATE_API ?? "http://127.0.0.1:7420" } } });
