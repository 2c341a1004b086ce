/** Where the installed package is, and the tarball that it came from. */

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this npm package, pkg-tests/. */
export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packed tarball. */
export const TARBALL = process.env.PERMGATE_TARBALL ?? resolve(HERE, "../dist/permgate.tgz");

/** The installed package. */
export const PACKAGE = dirname(fileURLToPath(import.meta.resolve("permgate/package.json")));

/** The folder with its modules, to be served as it is. */
export const DIST = join(PACKAGE, "dist");
