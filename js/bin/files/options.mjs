/** The command line of `permgate files`. */

import { UsageError } from "../usage-error.mjs";
import { FRAMEWORKS } from "./frameworks.mjs";

const NAMES = Object.keys(FRAMEWORKS);

/** The parts beside the first one, by name, with their frameworks. */
const PARTS = NAMES.map((name) => [name, Object.keys(FRAMEWORKS[name].parts).filter(Boolean)]).filter(([, parts]) => parts.length > 0);

/** What is printed for `--help`. */
export const USAGE = `permgate files FRAMEWORK [PART] [options]

Writes the files that the quick start of the guide for a framework prints into the
application of the current folder, and prints what is left to do by hand. A file that
exists with other content is not touched.

  FRAMEWORK   ${NAMES.join(", ")}
  PART        a later section of the page, in place of the quick start:
${PARTS.map(([name, parts]) => `              ${name}: ${parts.join(", ")}\n`).join("")}
  --replace   also replace files that have other content: the pages of the
              framework's template are meant to be replaced
  --list      print the names of the files, and write nothing
  --help      print this help

Exit status: 0 all files have the content of the guide, 1 some were not touched since they
have other content, 2 nothing was written.
`;

const LIST = NAMES.map((name) => `\`${name}\``).join(", ");

/**
 * Reads the arguments that follow `files`. Null when help was asked for.
 *
 * @throws UsageError
 */
export function readOptions(args) {
  const switches = args.filter((argument) => argument.startsWith("-"));
  const [framework, part = "", ...more] = args.filter((argument) => !argument.startsWith("-"));
  if (switches.includes("--help") || switches.includes("-h")) return null;
  const unknown = switches.find((name) => !["--replace", "--list"].includes(name));
  if (unknown !== undefined) throw new UsageError(`there is no option \`${unknown}\`; \`permgate files --help\` lists all options`);
  if (framework === undefined) throw new UsageError(`the framework is missing; give one of ${LIST}`);
  if (!Object.hasOwn(FRAMEWORKS, framework)) throw new UsageError(`there are no files for \`${framework}\`; give one of ${LIST}`);
  const parts = Object.keys(FRAMEWORKS[framework].parts);
  if (!parts.includes(part) || more.length > 0) {
    const others = parts.filter(Boolean).map((name) => `\`${name}\``);
    throw new UsageError(`there is no part \`${[part, ...more].join(" ")}\` of the files for \`${framework}\`; ${others.length > 0 ? `give ${others.join(" or ")}, or leave it out` : "leave it out"}`);
  }
  return { framework, part, replaces: switches.includes("--replace"), listsOnly: switches.includes("--list") };
}
