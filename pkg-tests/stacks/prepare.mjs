/** Lays out a stack's application in a folder of its own, and installs its packages and the packed tarball there. */

import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { HERE, TARBALL } from "../support/permgate-folder.mjs";
import { STACKS } from "./list.mjs";

const SHARED = join(STACKS, "shared");

/** Outside of `pkg-tests/`, so that no package is found in its `node_modules` by accident. */
const WORK = resolve(HERE, "../target/stacks");

/** The leftovers of builds, removed before each run. */
const LEFTOVERS = [".angular", ".next", ".nuxt", ".output", ".parcel-cache", ".svelte-kit", "build", "dist", "permgate", "node_modules/.vite", "node_modules/.cache"];

/** The line of a page in whose place the markup of the application without a framework is put. */
const BODY = "<!-- shared/plain/body.html -->";

/** Prepares a stack for its build; returns its folder. */
export function prepare(stack) {
  const source = stack.folder ?? stack.name;
  const folder = join(WORK, source);
  mkdirSync(folder, { recursive: true });
  for (const left of readdirSync(folder)) {
    if (!["node_modules", ".installed"].includes(left)) rmSync(join(folder, left), { recursive: true });
  }
  for (const left of LEFTOVERS) rmSync(join(folder, left), { recursive: true, force: true });
  for (const [from, to] of Object.entries(stack.shared ?? {})) cpSync(join(SHARED, from), join(folder, to), { recursive: true });
  for (const from of [stack.basedOn ?? [], source].flat()) cpSync(join(STACKS, from), folder, { recursive: true });
  insertBody(folder);
  install(folder, stack.asDevDependency ? ["--save-dev"] : ["--save"]);
  return folder;
}

/** The version of an installed package. */
export function versionOf(folder, name) {
  return JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version;
}

/** The environment of a stack's programs: its own packages' programs come first. */
export function environment(folder, more = {}) {
  const path = [join(folder, "node_modules/.bin"), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path, CI: "true", NO_COLOR: "1", BROWSER: "none", ...TELEMETRY, ...more };
}

const TELEMETRY = { NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", NG_CLI_ANALYTICS: "false" };

/** Runs a command of a stack to its end; if it fails, throws the end of its output. */
export function run(folder, [program, ...args], more = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, env: environment(folder, more), encoding: "utf8" });
  const output = `${stdout}${stderr}`;
  if (error || status !== 0) throw new Error(`\`${[program, ...args].join(" ")}\` failed: ${error?.message ?? output.slice(-3_000)}`);
  return output;
}

function insertBody(folder) {
  const page = join(folder, "index.html");
  if (!existsSync(page)) return;
  const html = readFileSync(page, "utf8");
  if (html.includes(BODY)) writeFileSync(page, html.replace(BODY, readFileSync(join(SHARED, "plain/body.html"), "utf8")));
}

/** Installs the packages of the lock file and then the tarball, as `npm install permgate` would, unless both are installed. */
function install(folder, how) {
  const stamp = join(folder, ".installed");
  const lock = join(folder, "package-lock.json");
  const hash = createHash("sha256").update(readFileSync(join(folder, "package.json"))).update(readFileSync(lock)).update(readFileSync(TARBALL));
  const wanted = hash.digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(stamp, { force: true });
    run(folder, ["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"], { PATH: process.env.PATH });
    run(folder, ["npm", "install", TARBALL, ...how, "--prefer-offline", "--no-audit", "--no-fund"], { PATH: process.env.PATH });
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(folder, file), join(folder, "node_modules", `.stack-${file}`));
    writeFileSync(stamp, wanted);
  }
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(folder, "node_modules", `.stack-${file}`), join(folder, file));
}
