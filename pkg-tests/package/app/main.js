/** The ten-line application that every bundler builds. */

import { createPermissions } from "permgate";
import "permgate/cloak.css";

const permissions = await createPermissions({ endpoint: "/permissions.json" });
await permissions.whenReady();
permissions.bind();
document.documentElement.dataset.outcome = permissions.can("invoice:view") ? "granted" : "denied";
