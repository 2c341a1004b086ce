/** The quick start for Next.js: the files exactly as printed in the guide, in an application of `npx create-next-app`. */

import { CHECKS, LAST_CHECKS } from "./checks.mjs";

export default {
  title: "Next 16, the guide's quick start",
  order: 30.7,
  note: "the files as printed, with route handlers on the kit, the guide's tests in Vitest, and its Content-Security-Policy",
  versions: ["next", "react"],
  printed: "next",
  hasKit: true,
  hasTests: true,
  checks: CHECKS,
  lastChecks: LAST_CHECKS,
  development: { serve: ["next", "dev", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["vitest", "run"], ["next", "build"]], serve: ["next", "start", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true },
};
