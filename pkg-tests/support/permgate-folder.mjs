/** The paths of the installed package and of its tarball. */

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this npm package, pkg-tests/. */
export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packed tarball. */
export const TARBALL = process.env.PERMGATE_TARBALL ?? resolve(HERE, "../dist/permgate.tgz");

/** The installed package. */
export const PACKAGE = dirname(fileURLToPath(import.meta.resolve("permgate/package.json")));

/** The folder with its modules, which can be served directly. */
export const DIST = join(PACKAGE, "dist");
