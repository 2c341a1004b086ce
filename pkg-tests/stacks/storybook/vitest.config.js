/** Each story is a test in Chromium, as Storybook's addon for Vitest sets it up. */

import { storybookTest } from "@storybook/addon-vitest/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const provider = playwright({ launchOptions: { executablePath: process.env.CHROME, chromiumSandbox: false, args: ["--disable-gpu"] } });

export default defineConfig({
  // Vite's plugin for React, which most applications have, says the same.
  optimizeDeps: { include: ["react", "react-dom"] },
  plugins: [storybookTest({ configDir: ".storybook" })],
  test: { name: "storybook", browser: { enabled: true, headless: true, screenshotFailures: false, provider, instances: [{ browser: "chromium" }] } },
});
