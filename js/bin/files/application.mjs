/** The application of the current folder: what it is, what it has, and files that are written into it. */

import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative } from "node:path";
import { UsageError } from "../usage-error.mjs";

export class Application {
  #folder;

  constructor(folder) {
    this.#folder = realpathSync(folder);
  }

  /** The text of a file with the line breaks of the guide; undefined if there is none. */
  read(path) {
    const place = this.#place(path);
    return place === undefined ? undefined : readFileSync(place, "utf8").replaceAll("\r\n", "\n");
  }

  /** Whether there is a folder. */
  hasFolder(path) {
    return statSync(join(this.#folder, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  /** Whether package.json names a package. */
  names(name) {
    return name in this.#packages;
  }

  /** The first number of the installed version of a package, or of the version in package.json; NaN if there is none. */
  majorOf(name) {
    let version = this.#packages[name] ?? "";
    try {
      ({ version } = createRequire(join(this.#folder, "package.json"))(`${name}/package.json`));
    } catch {
      // It is not installed yet.
    }
    return Number.parseInt(version.replace(/^\D+/, ""), 10);
  }

  /** Writes a file, and the folders that it needs. */
  write(path, text) {
    const place = this.#place(path);
    if (place !== undefined) return writeFileSync(place, text);
    const file = join(this.#folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }

  get #packages() {
    const text = this.read("package.json");
    if (text === undefined) throw new UsageError("there is no package.json in this folder; run the command in the folder of your application");
    try {
      const { dependencies, devDependencies, peerDependencies } = JSON.parse(text);
      return { ...peerDependencies, ...devDependencies, ...dependencies };
    } catch (cause) {
      throw new UsageError(`package.json is not JSON (${cause.message}); correct it, and run the command again`);
    }
  }

  /**
   * The place of a file after links are followed; undefined if nothing is there yet. Nothing is read or written outside
   * of the folder.
   *
   * @throws UsageError
   */
  #place(path) {
    let at = this.#folder;
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
      at = join(at, part);
      const here = parts.slice(0, index + 1).join("/");
      const found = lstatSync(at, { throwIfNoEntry: false });
      if (!found) return undefined;
      if (found.isSymbolicLink()) at = this.#followed(at, here);
      const isLast = index === parts.length - 1;
      if (!(isLast ? statSync(at).isFile() : statSync(at).isDirectory())) throw new UsageError(`\`${here}\` is not a ${isLast ? "file" : "folder"}; rename it, and run the command again`);
    }
    return at;
  }

  #followed(link, here) {
    let target;
    try {
      target = realpathSync(link);
    } catch {
      throw new UsageError(`\`${here}\` is a link that leads nowhere; remove it, and run the command again`);
    }
    const way = relative(this.#folder, target);
    if (way.split(/[/\\]/)[0] === ".." || isAbsolute(way)) throw new UsageError(`\`${here}\` is a link to a place outside of this folder; nothing is written there`);
    return target;
  }
}
