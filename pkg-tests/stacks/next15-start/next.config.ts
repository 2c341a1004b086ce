/** As `create-next-app` 15 writes it. */

import type { NextConfig } from "next";

const nextConfig: NextConfig = {};

export default nextConfig;
