/** The adapter for Angular when it is compiled: registered names are checked in templates and routes, and the directives are declared as Angular's own compiler declares them. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { DIST, HERE } from "../support/permgate-folder.mjs";
import { compileAngular } from "./adapters/angular.mjs";

/** The colours of a terminal. */
const COLOURS = /\x1b\[\d*m/g;

for (const [name, part] of [["angular", "signals, guards and route data"], ["angular-template", "strict templates"]]) {
  test(`Angular: in ${part}, each wrong name and input is an error in its line, and no other line has an error`, async (t) => {
    const program = await readFile(join(HERE, `package/types/${name}.ts`), "utf8");
    const { written, remove } = await compileAngular({ "program.ts": program });
    t.after(remove);
    const wrong = program.split("\n").flatMap((line, index) => (line.includes("// wrong: ") ? [index + 1] : []));
    assert.notDeepEqual(wrong, []);
    const refused = [...written.replace(COLOURS, "").matchAll(/program\.ts:(\d+):\d+ - error/g)].map(([, line]) => Number(line));
    assert.deepEqual([...new Set(refused)].sort((one, other) => one - other), wrong, written);
  });
}

/** A directive with the same inputs as the package's directive, as an application would write it. */
const decorated = (name, inputs, required) => `
import { Directive, Input } from "@angular/core";
@Directive({ selector: "[${inputs[0]}]" })
export class ${name} {
${inputs.map((input) => `  @Input(${input === required ? "{ required: true }" : ""}) set ${input}(value: unknown) {}`).join("\n")}
}
`;

/** The fields of a declaration: its text is run with a function in the place of Angular's. */
function fieldsOf(text, kind, name) {
  const [found] = [...text.matchAll(new RegExp(`(i0\\d*)\\.ɵɵngDeclare${kind}\\((\\{[^]*?\\})\\)`, "g"))].filter(([, , object]) => new RegExp(`type: ?_?${name}\\b`).test(object));
  assert.ok(found, `there is no declaration of ${name}`);
  const [, namespace, object] = found;
  const { version, ngImport, ...fields } = new Function(namespace, name, `_${name}`, `return ${object}`)({ ɵɵFactoryTarget: { Directive: "directive" } }, name, name);
  return fields;
}

test("Angular: directives are declared as Angular's compiler declares such directives in a library", async (t) => {
  const can = ["permgateCan", "permgateCanOn", "permgateCanSomewhere", "permgateCanElse", "permgateCanPending", "permgateCanKeep"];
  const twins = { "can.ts": decorated("PermgateCan", can, "permgateCan"), "outlet.ts": decorated("PermgateOutlet", ["permgateOutlet"]) };
  const { folder, written, remove } = await compileAngular(twins, { compilationMode: "partial" });
  t.after(remove);
  assert.equal(written, "");
  const own = await readFile(join(DIST, "angular.js"), "utf8");
  for (const [name, file] of [["PermgateCan", "can"], ["PermgateOutlet", "outlet"]]) {
    const twin = await readFile(join(folder, `out/${file}.js`), "utf8");
    for (const kind of ["Factory", "Directive"]) assert.deepEqual(fieldsOf(own, kind, name), fieldsOf(twin, kind, name));
  }
});
