/** The quick start for Next.js in Next 15: the files as printed in the guide, without the line that it says to leave out there. */

import { CHECKS, LAST_CHECKS } from "../next-start/checks.mjs";
import { CHECKS_OF_15 } from "./checks.mjs";

export default {
  title: "Next 15, the guide's quick start",
  order: 30.8,
  note: "the files as printed, without the line `export const instant`, with route handlers on the kit, and its Content-Security-Policy",
  versions: ["next", "react"],
  printed: "next",
  hasKit: true,
  checks: { ...CHECKS, ...CHECKS_OF_15 },
  lastChecks: LAST_CHECKS,
  development: { serve: ["next", "dev", "--turbopack", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true },
  production: { build: [["next", "build", "--turbopack"]], serve: ["next", "start", "--hostname", "127.0.0.1", "--port", "{port}"], proxies: true },
};
