/** Vite 5 without a framework: `npm create vite@5 -- --template vanilla`; its files are those of Vite 8. */

import vite8 from "../vite8/stack.mjs";

export default {
  ...vite8,
  title: "Vite 5, vanilla",
  order: 13,
  note: "in development the module is inlined, with a warning, unless `optimizeDeps.exclude` names permgate",
  basedOn: "vite8",
  development: { ...vite8.development, isInlined: true },
};
