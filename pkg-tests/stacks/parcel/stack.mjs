/** Parcel 2, without any configuration. */

export default {
  title: "Parcel 2",
  order: 43,
  note: "its pages have an inline import map, which a Content-Security-Policy must allow by its hash",
  versions: ["parcel"],
  shared: { "plain/main.js": "src/main.js", "actions.js": "src/actions.js" },
  development: { serve: ["parcel", "serve", "--host", "127.0.0.1", "--port", "{port}"] },
  production: { build: [["parcel", "build"]], folder: "dist" },
};
