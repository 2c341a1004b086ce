/** Writes the report of a benchmark, and prints it as a table. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { arch, cpus, loadavg, platform } from "node:os";
import { dirname, join, resolve } from "node:path";
import { HERE, PACKAGE } from "../support/permgate-folder.mjs";

const PATH = resolve(process.env.PERMGATE_BENCH_REPORT ?? join(HERE, "../target/bench/report.json"));

/** The largest spread of the quartiles on an idle machine: a row above it was measured on a busy one. */
const NOISY = 0.3;

/** The machine of the measurement, on which the numbers depend. */
export async function environment(browser) {
  const version = async (folder) => JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;
  return {
    node: process.version,
    chromium: browser,
    permgate: await version(PACKAGE),
    casl: await version(join(HERE, "node_modules/@casl/ability")),
    caslReact: await version(join(HERE, "node_modules/@casl/react")),
    react: await version(join(HERE, "node_modules/react-dom")),
    platform: `${platform()} ${arch()}`,
    processors: cpus().length,
    processor: cpus()[0]?.model ?? "unknown",
    load: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** Writes the report to the file named by `$PERMGATE_BENCH_REPORT`. */
export async function write(report) {
  await mkdir(dirname(PATH), { recursive: true });
  await writeFile(PATH, `${JSON.stringify(report, null, 2)}\n`);
  return PATH;
}

/** The rows as a table for people. */
export function table(rows) {
  const cells = rows.map(({ name, ours, p99, peer, peerP99, ratio, unit, peerName, aim, met, spread = [] }) => [
    name,
    value(ours, p99, unit),
    peer === null ? "" : value(peer, peerP99, unit),
    peerName ?? "",
    ratio === null ? "" : ratio.toFixed(2),
    aim === undefined ? "" : `${met ? "met" : "MISSED"} (${aim})`,
    // The tail shows more than the quartiles.
    p99 === undefined && Math.max(...spread) > NOISY ? `noisy (±${Math.round(Math.max(...spread) * 50)} %)` : "",
  ]);
  const lines = [["name", "ours (p99)", "peer (p99)", "", "ratio", "aim", ""], ...cells];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

function value(middle, p99, unit) {
  return `${number(middle)}${p99 === undefined ? "" : ` (${number(p99)})`} ${unit}`;
}

function number(value) {
  return value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : value.toFixed(0);
}
