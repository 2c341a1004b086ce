/** How the demo is built and served while it is developed. */
import { defineConfig } from "vite";

// "permgate" is not among the dependencies of package.json. The demo uses the packed tarball, as a
// stranger would, and a lock entry for a tarball that is rebuilt all the time would never match:
//   npm ci && npm install --no-save ../dist/permgate.tgz
export default defineConfig({
  build: {
    rolldownOptions: { input: ["index.html", "gallery.html"] },
    target: "es2023",
    // Native `light-dark()` and nesting, instead of copies of every rule.
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    // Nothing as a `data:` address: the server's policy allows fonts and scripts from itself only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The package finds its .wasm beside itself, so it must stay where it is installed.
  optimizeDeps: { exclude: ["permgate"] },
  server: {
    // In development the API is a `permgate-server` started by hand: `--port 7420`.
    proxy: { "/api": "http://127.0.0.1:7420" },
  },
});
