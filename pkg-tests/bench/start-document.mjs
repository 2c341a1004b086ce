/** Writes the measured start into `docs/benchmarks.md`, with the versions and the machine. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HERE } from "../support/permgate-folder.mjs";
import { environment } from "./report.mjs";

const DOCUMENT = join(HERE, "../docs/benchmarks.md");

/** The aims with tags and an empty cache, without a first look and with one: ms after CASL with `fetch`. */
export const AIMS = {
  tags: { loopback: 25, "9 Mbit/s, 60 ms": 60, "1.6 Mbit/s, 150 ms": 340 },
  firstLook: { loopback: 25, "9 Mbit/s, 60 ms": 60, "1.6 Mbit/s, 150 ms": 60 },
};

const COLUMNS = {
  hand: "by hand",
  casl: "CASL, `fetch`",
  cold: "permgate",
  tags: "permgate, tags",
  firstLook: "permgate, tags and first look",
  caslInPage: "CASL, document in the page",
  bootstrap: "permgate, `bootstrap` and tags",
};

/** Puts a part between its two marks. */
export async function replacePart(name, text) {
  const [begin, end] = [`<!-- begin: cargo xtask bench -- ${name} -->`, `<!-- end: cargo xtask bench -- ${name} -->`];
  const document = await readFile(DOCUMENT, "utf8");
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/benchmarks.md lacks the marks \`${begin}\` and \`${end}\``);
  await writeFile(DOCUMENT, `${before}${begin}\n${text}\n${end}${after}`);
}

/** `results`: for each line, the median of each contender in ms. */
export async function writeDocument(results, browser) {
  const where = await environment(browser);
  const titles = ["line", ...Object.values(COLUMNS), "tags, after CASL", "aim", "first look, after CASL", "aim"];
  const rows = Object.entries(results).map(([line, times]) => {
    const aimed = ["tags", "firstLook"].flatMap((name) => {
      const [later, aim] = [times[name] - times.casl, AIMS[name][line]];
      return [`${signed(later)}${later > aim ? " (missed)" : ""}`, signed(aim)];
    });
    return [line, ...Object.keys(COLUMNS).map((name) => times[name]), ...aimed];
  });
  const table = [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const machine = `Chromium ${browser}, Node.js ${where.node}, permgate ${where.permgate}, CASL ${where.casl}; ${where.processors} cores (${where.processor}), load ${where.load[0]}.`;
  await replacePart("start", `${table}\n\n${machine}`);
}

function signed(number) {
  return number < 0 ? `− ${-number}` : `+ ${number}`;
}
