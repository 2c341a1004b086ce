/** Takes the stories out of the guide, builds the Storybook, and runs each story as a test in a browser. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const guide = readFileSync("node_modules/permgate/docs/guide/testing.md", "utf8");
const [, stories] = guide.match(/<!-- test: button\.stories\.jsx -->\n```jsx\n(.*?)```/s);
writeFileSync("src/button.stories.jsx", stories);

for (const command of ["storybook build --quiet --disable-telemetry", "vitest run --reporter=json --outputFile=report.json"]) {
  const [program, ...words] = command.split(" ");
  const { status } = spawnSync(program, words, { stdio: "inherit", env: { ...process.env, STORYBOOK_DISABLE_TELEMETRY: "1" } });
  if (status !== 0) process.exit(status ?? 1);
}
