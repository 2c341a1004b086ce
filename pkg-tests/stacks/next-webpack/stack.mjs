/** The same application as `next`, built by webpack. */

import next from "../next/stack.mjs";

export default {
  ...next,
  title: "Next 16, webpack",
  order: 30.5,
  folder: "next",
  says: [
    // Next warns so of its own stylesheets in development, with and without permgate.
    /was preloaded using link preload but not used within a few seconds/,
    // Next logs this in development for every page that a client component leaves by `redirect` while the server renders the page, with and without permgate.
    /Route "[^"]*": Could not validate `instant` because an error prevented the target segment from rendering/,
  ],
  development: { ...next.development, serve: [...next.development.serve, "--webpack"] },
  production: { ...next.production, build: [["next", "build", "--webpack"]] },
};
