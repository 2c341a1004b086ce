/** As `create-next-app` 15 writes it, and the lines of the guide. */

import type { NextConfig } from "next";

const development = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : ""; // React needs it, in development only
const policy = `script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'${development}`;

const nextConfig: NextConfig = {
  headers: async () => [{ source: "/:path*", headers: [{ key: "Content-Security-Policy", value: policy }] }],
};

export default nextConfig;
