/** The environment jsdom, with the server's address as that of the document. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globals: true, environment: "jsdom", environmentOptions: { jsdom: { url: process.env.PERMGATE_API } } },
});
