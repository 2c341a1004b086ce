/** `permgate files`: reads the page of the guide, writes its files, and prints what is left to do. */

import { readFileSync } from "node:fs";
import { UsageError } from "../usage-error.mjs";
import { Application } from "./application.mjs";
import { FRAMEWORKS } from "./frameworks.mjs";
import { filesOf, withoutLine } from "./guide.mjs";
import { USAGE, readOptions } from "./options.mjs";

const DONE = 0;
const KEPT = 1;
const UNUSABLE = 2;

/** Runs the command with the arguments after its name; returns the exit status. */
export async function files(args, folder = process.cwd()) {
  try {
    const options = readOptions(args);
    if (options === null) {
      process.stdout.write(USAGE);
      return DONE;
    }
    const { lines, status } = options.listsOnly ? list(options) : write(options, new Application(folder));
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    return status;
  } catch (error) {
    // Errors of the file system have the code and the path in their message.
    if (!(error instanceof UsageError) && error.syscall === undefined) throw error;
    process.stderr.write(`permgate: ${error.message}\n`);
    return UNUSABLE;
  }
}

/** The files of a part, by name, as the page prints them. */
function printed({ framework, part }) {
  const page = readFileSync(new URL(`../../docs/guide/${framework}.md`, import.meta.url), "utf8");
  return Object.assign({}, ...FRAMEWORKS[framework].parts[part].marks.map((mark) => filesOf(page, mark)));
}

function list(options) {
  return { lines: Object.keys(printed(options)), status: DONE };
}

function write({ framework, part, replaces }, application) {
  const { title, needs, not, template, source, leftOut, parts } = FRAMEWORKS[framework];
  const { byHand = [], section, start } = parts[part];
  look(application, { framework, title, needs, not, template });
  // The folder that holds the application's own files, if the template has put them there.
  const holder = source?.holds.some((name) => application.hasFolder(`${source.folder}/${name}`)) && !application.hasFolder(source.holds[0]) ? `${source.folder}/` : "";
  const placed = (path) => (source?.holds.includes(path.split("/")[0]) ? holder + path : path);
  const isLeftOut = leftOut !== undefined && application.majorOf(needs[0]) < leftOut.below;

  const planned = Object.entries(printed({ framework, part })).map(([path, whole]) => {
    const text = isLeftOut ? withoutLine(whole, leftOut.line) : whole;
    const present = application.read(placed(path));
    const deed = present === undefined ? "wrote" : present === text ? "unchanged" : replaces ? "replaced" : "kept";
    return { path: placed(path), text, deed };
  });
  // Every file was looked at before the first is written.
  for (const { path, text, deed } of planned) if (deed === "wrote" || deed === "replaced") application.write(path, text);

  const lines = planned.map(({ path, deed }) => `${deed.padEnd(11)}${path}`);
  const kept = planned.filter(({ deed }) => deed === "kept");
  if (kept.length > 0) lines.push("", `Files that were kept have other content than the guide's: \`--replace\` replaces ${kept.length === 1 ? "it" : "them"}.`);

  const installing = { step: 1, isLeft: () => !application.names("permgate"), text: "run `npm install permgate`" };
  const left = [installing, ...byHand].filter(({ isLeft, isOfLeftOut }) => !(isOfLeftOut && isLeftOut) && isLeft((path) => application.read(placed(path)), holder));
  const where = (step) => (step !== undefined ? `step ${step}` : `"${section}"`);
  if (left.length > 0) lines.push("", "Left to do by hand:", ...left.map(({ step, file, text }) => `- ${where(step)}: ${file ? text.replaceAll(file, placed(file)) : text}`));
  lines.push("", `The guide is node_modules/permgate/docs/guide/${framework}.md${start ? `. Step ${start[0]}: ${start[1]}.` : `, ${where()}.`}`);
  return { lines, status: kept.length > 0 ? KEPT : DONE };
}

/** Finds out whether the files belong into this application. */
function look(application, { framework, title, needs, not = {}, template }) {
  const missing = needs.find((name) => !application.names(name));
  const meant = Object.keys(FRAMEWORKS).find((name) => name !== framework && FRAMEWORKS[name].needs.every((name) => application.names(name)));
  if (missing !== undefined) {
    const advice = meant ? `; is \`permgate files ${meant}\` meant?` : `; run the command in an application of the template, \`${template}\``;
    throw new UsageError(`package.json does not name \`${missing}\`, which the files for ${title} need${advice}`);
  }
  for (const [name, other] of Object.entries(not)) {
    if (application.names(name)) throw new UsageError(`package.json names \`${name}\`: run \`permgate files ${other}\``);
  }
  if (application.read("tsconfig.json") === undefined) {
    throw new UsageError(`the files of the guide are TypeScript, and there is no tsconfig.json in this folder; run the command in an application of the template, \`${template}\``);
  }
}
