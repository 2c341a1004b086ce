/** Jest with jsdom and Babel, as its documentation sets it up. */

export default {
  title: "Jest 30, jsdom",
  order: 52,
  note: "a mocked `fetch`; the environment jest-fixed-jsdom, since that of Jest has no `Request` and `Response`",
  versions: ["jest", "jest-environment-jsdom", "jest-fixed-jsdom"],
  shared: { "unit/mocked.test.js": "src/mocked.test.js", "actions.js": "src/actions.js" },
  unit: { test: ["jest", "--json", "--outputFile=report.json"] },
};
