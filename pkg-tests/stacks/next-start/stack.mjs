/** The quick start for Next.js: the files exactly as printed in the guide, in an application of `npx create-next-app`. */

export default {
  title: "Next 16, the guide's quick start",
  order: 30.7,
  note: "the files as printed, built and asked by `fetch`",
  versions: ["next", "react"],
  unit: { test: ["node", "run.mjs"] },
};
