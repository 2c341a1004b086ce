/** Vite 7 without a framework: `npm create vite@7 -- --template vanilla`; its files are those of Vite 8. */

import vite8 from "../vite8/stack.mjs";

export default {
  ...vite8,
  title: "Vite 7, vanilla",
  order: 11,
  note: "in development the module is inlined, with a warning, unless `optimizeDeps.exclude` names permgate",
  basedOn: "vite8",
  development: { ...vite8.development, isInlined: true },
};
