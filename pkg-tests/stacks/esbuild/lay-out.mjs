/** Puts the page and the stylesheet where the bundle will be. */

import { cpSync, mkdirSync } from "node:fs";

mkdirSync("dist", { recursive: true });
cpSync("index.html", "dist/index.html");
cpSync("node_modules/permgate/dist/cloak.css", "dist/cloak.css");
