/** The same application as `next`, built by webpack. */

import next from "../next/stack.mjs";

export default {
  ...next,
  title: "Next 16, webpack",
  order: 30.5,
  folder: "next",
  // Of its own stylesheets in development, with and without permgate.
  says: [/was preloaded using link preload but not used within a few seconds/],
  development: { ...next.development, serve: [...next.development.serve, "--webpack"] },
  production: { ...next.production, build: [["next", "build", "--webpack"]] },
};
