/** What `ng add permgate` does: it tells angular.json that the module is a file to serve. It needs no other package. */

"use strict";

const WORKSPACE = "/angular.json";

/** Where the builds take the module from, and put it. */
const ASSET = { glob: "*permgate.wasm", input: "node_modules/permgate/dist", output: "/" };

/** In the development server, a package that was bundled beforehand does not find its files. */
const BUNDLED = "permgate";

function serveTheModule({ build, serve }) {
  const options = (build.options ??= {});
  const assets = (options.assets ??= []);
  if (!assets.some(({ glob }) => glob === ASSET.glob)) assets.push(ASSET);
  if (!serve) return;
  const prebundle = ((serve.options ??= {}).prebundle ??= {});
  // It may be switched off altogether.
  if (typeof prebundle !== "object") return;
  const exclude = (prebundle.exclude ??= []);
  if (!exclude.includes(BUNDLED)) exclude.push(BUNDLED);
}

/** A list of texts in JSON. */
const TEXTS = /\[\s*"[^"\\]*"(?:,\s*"[^"\\]*")*\s*\]/g;

/** The text of the workspace; lists of texts that were on one line before, such as `"styles": ["src/styles.css"]`, are so again. */
function formatted(workspace, before) {
  const lists = new Map(before.match(TEXTS)?.filter((list) => !list.includes("\n")).map((list) => [JSON.stringify(JSON.parse(list)), list]));
  return JSON.stringify(workspace, null, 2).replace(TEXTS, (list) => lists.get(JSON.stringify(JSON.parse(list))) ?? list);
}

exports.ngAdd = () => (tree, { logger }) => {
  try {
    const before = tree.readText(WORKSPACE);
    const workspace = JSON.parse(before);
    const targets = Object.values(workspace.projects).map(({ architect, targets }) => architect ?? targets ?? {});
    for (const of of targets.filter(({ build }) => build?.builder?.endsWith(":application"))) serveTheModule(of);
    tree.overwrite(WORKSPACE, `${formatted(workspace, before)}\n`);
  } catch (cause) {
    logger.warn(`permgate: angular.json could not be changed (${cause.message}); docs/guide/bundlers.md says what belongs into it`);
  }
  logger.info("permgate: add `providePermgate` to the providers of the application; `npx permgate files angular` writes the files of node_modules/permgate/docs/guide/angular.md");
  return tree;
};
