#!/usr/bin/env node
/** The command `permgate`: `npx permgate contract` compares a back end with the HTTP contract, and `npx permgate files` writes the files of the guide. */

/** By name: a function that loads the command, so that none waits for the code of the other. */
const COMMANDS = {
  contract: async () => (await import("./contract/main.mjs")).contract,
  files: async () => (await import("./files/main.mjs")).files,
};

/** What is printed for `--help`. */
const USAGE = `permgate COMMAND [options]

  permgate contract   compares a back end with the HTTP contract of permgate
  permgate files      writes the files of the guide for a framework into your application

\`permgate COMMAND --help\` lists the options of a command.
`;

const [name, ...rest] = process.argv.slice(2);
if (Object.hasOwn(COMMANDS, name ?? "")) {
  const command = await COMMANDS[name]();
  process.exitCode = await command(rest);
} else if (name === undefined || name === "--help" || name === "-h") {
  process.stdout.write(USAGE);
  process.exitCode = name === undefined ? 2 : 0;
} else {
  process.stderr.write(`permgate: there is no command \`${name}\`; the commands are \`permgate contract\` and \`permgate files\`\n`);
  process.exitCode = 2;
}
