/** The API is passed on, as the application's own server would do it. */

import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  cacheComponents: true,
  partialPrefetching: true,
  rewrites: async () => [{ source: "/api/:path*", destination: `${process.env.PERMGATE_API ?? "http://127.0.0.1:7420"}/api/:path*` }],
};

export default nextConfig;
