/** Vitest with happy-dom: `npm install -D vitest happy-dom`. */

export default {
  title: "Vitest 5, happy-dom",
  order: 51,
  note: "a mocked `fetch`, and the running server; Node.js 22, which Vitest 5 needs",
  versions: ["vitest", "happy-dom"],
  shared: { "unit/mocked.test.js": "src/mocked.test.js", "unit/server.test.js": "src/server.test.js", "actions.js": "src/actions.js" },
  unit: { test: ["vitest", "run", "--reporter=json", "--outputFile=report.json"] },
};
