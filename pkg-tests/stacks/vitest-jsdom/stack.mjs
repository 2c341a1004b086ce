/** Vitest with jsdom: `npm install -D vitest jsdom`. */

export default {
  title: "Vitest 5, jsdom",
  order: 50,
  note: "a mocked `fetch`, and the running server; Node.js 22, which Vitest 5 needs",
  versions: ["vitest", "jsdom"],
  shared: { "unit/mocked.test.js": "src/mocked.test.js", "unit/server.test.js": "src/server.test.js", "actions.js": "src/actions.js" },
  unit: { test: ["vitest", "run", "--reporter=json", "--outputFile=report.json"] },
};
