/** The environment happy-dom, with the server's address as that of the document. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globals: true, environment: "happy-dom", environmentOptions: { happyDOM: { url: process.env.PERMGATE_API } } },
});
