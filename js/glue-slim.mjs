/** Edits the glue that wasm-bindgen wrote, so that what it repeats for each function stands in it once, and what nobody calls is gone. */

/** The text of the glue, shortened. Throws where the glue is not as it was when these edits were written. */
export function slim(glue) {
  const [, malloc, realloc] = /passStringToWasm0\(\w+, wasm\.(\w+), wasm\.(\w+)\)/.exec(glue) ?? [];
  const [, free] = /wasm\.(\w+)\(ret\[0\], ret\[1\] \* 1, 1\);/.exec(glue) ?? [];
  if (!malloc || !realloc || !free) throw new Error("the glue does not say how memory is taken: look at js/glue-slim.mjs");
  const edited = EDITS.reduce((text, [what, found, replacement]) => {
    if (!found.global || text.search(found) < 0) throw new Error(`the glue has no ${what} as it was: look at js/glue-slim.mjs`);
    return text.replace(found, replacement);
  }, glue);
  const left = LEFT.exec(edited);
  if (left) throw new Error(`\`${left[0]}\` is left in the glue: look at js/glue-slim.mjs`);
  return (edited + ADDED).replace("wasm.FREE(", `wasm.${free}(`).replace("MALLOC", malloc).replace("REALLOC", realloc);
}

/** What these edits take out everywhere: one that is left calls a function that there is no more. */
const LEFT = /\b(?:handleError|cachedDataViewMemory0|deferred\d|passStringToWasm0\([^()]*(?:\([^()]*\)[^()]*)*, wasm|Symbol\.dispose|__wbg_load|__wbg_init_promise)\b/;

/** What is looked for, how it stands in the glue, and what stands there afterwards. */
const EDITS = [
  // Classes. Nobody frees a binding by hand, and nobody asks for `using`.
  ["`Symbol.dispose`", /^if \(Symbol\.dispose\).*\n/gm, ""],
  ["`Binding.free`", / {4}__destroy_into_raw\(\) \{\n(?: {8}.*\n)*? {8}BindingFinalization\.unregister\(this\);\n(?: {8}.*\n)*? {4}\}\n {4}free\(\) \{\n(?: {8}.*\n)*? {4}\}\n/g, ""],

  // Arguments. If an argument is no string, the module is given up (see `Instance.use`): what it holds need not be freed.
  [
    "freeing of arguments",
    /^( *)(let (?:ptr\d+, len\d+(?:, )?)+;\n)\1try \{\n([\s\S]*?)\n\1\} catch \(e\) \{\n[\s\S]*?\n\1\}\n/gm,
    "$1$2$3\n",
  ],
  ["argument that may be missing", /isLikeNone\((\w+)\) \? 0 : passStringToWasm0\(\1, wasm\.\w+, wasm\.\w+\)/g, "passTextOrNone($1)"],
  ["argument that is a text", /passStringToWasm0\(([\w.]+), wasm\.(\w+), wasm\.(\w+)\)/g, "passStringToWasm0($1)"],

  // Results.
  [
    "result that is a text",
    /^( *)let (deferred\d+)_0;\n\1let \2_1;\n\1try \{\n([\s\S]*?)\1 {4}\2_0 = ret\[0\];\n\1 {4}\2_1 = ret\[1\];\n\1 {4}return getStringFromWasm0\(ret\[0\], ret\[1\]\);\n\1\} finally \{\n.*\n\1\}\n/gm,
    "$3$1return takeText(ret[0], ret[1]);\n",
  ],
  [
    "text that may be missing",
    /let (v\d+);\n *if \((\w+(?:\[0\])?) !== 0\) \{\n *\1 = getStringFromWasm0\(\2, (\w+(?:\[1\])?)\);\n *wasm\.\w+\(\2, \3 \* 1, 1\);\n *\}\n/g,
    "const $1 = takeText($2, $3);\n",
  ],
  [
    "text that the module asks for",
    /(?:var|const) ptr(\d) = (.*);\n *(?:var|const) len\1 = WASM_VECTOR_LEN;\n *getDataViewMemory0\(\)\.setInt32\(\(arg0 >>> 0\) \+ 4 \* 1, len\1, true\);\n *getDataViewMemory0\(\)\.setInt32\(\(arg0 >>> 0\) \+ 4 \* 0, ptr\1, true\);\n/g,
    "giveText(arg0, $2);\n",
  ],

  // Functions that the module calls.
  ["function that may throw", /: function\(\) \{ return handleError\(function \((.*?)\) \{\n([\s\S]*?)\n( *)\}, arguments\); \},\n/g, ": handled(($1) => {\n$2\n$3}),\n"],
  ["function", /^( {8}[\w$]+: )function\((.*)\) \{$/gm, "$1($2) => {"],
  [
    "`handleError`",
    /^function handleError\(f, args\) \{\n {4}try \{\n {8}return f\.apply\(this, args\);\n {4}\} catch \(e\) \{\n([\s\S]*?)\n {4}\}\n\}\n/gm,
    "const handled = (f) => (...args) => {\n    try {\n        return f(...args);\n    } catch (e) {\n$1\n    }\n};\n",
  ],

  // What every browser has that runs the rest.
  ["`FinalizationRegistry`", /\(typeof FinalizationRegistry === 'undefined'\)\n *\? .*\n *: new/g, "new"],
  ["`encodeInto`", /^if \(!\('encodeInto' in cachedTextEncoder\)\) \{\n[\s\S]*?^\}\n/gm, ""],

  // Helpers that are left with one kind of caller, or with none.
  // Numbers are seldom asked for.
  ["`getDataViewMemory0`", /^let cachedDataViewMemory0 = null;\nfunction getDataViewMemory0\(\) \{\n[\s\S]*?(wasm\.\w+\.buffer)\);\n[\s\S]*?^\}\n/gm, "const getDataViewMemory0 = () => new DataView($1);\n"],
  ["view of the data", /^ {4}cachedDataViewMemory0 = null;\n/gm, ""],
  ["`passStringToWasm0`", /^function passStringToWasm0\(arg, malloc, realloc\) \{\n {4}if \(realloc === undefined\) \{\n[\s\S]*?\n {4}\}\n/gm, "function passStringToWasm0(arg) {\n    const { MALLOC: malloc, REALLOC: realloc } = wasm;\n"],

  // The start: the entries have the module, or its bytes.
  [
    "`__wbg_load`",
    /^async function __wbg_load\([\s\S]*^export \{ initSync, __wbg_init as default \};\n/gm,
    `/** Starts the module, unless it runs. */
export async function init(module) {
    if (!wasm) __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}

/** The same at once, from the module or its bytes. */
export function initSync(given) {
    if (wasm) return;
    const module = given instanceof WebAssembly.Module ? given : new WebAssembly.Module(given);
    __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
}
`,
  ],
];

const ADDED = `
function passTextOrNone(text) {
    return text === undefined || text === null ? 0 : passStringToWasm0(text);
}

/** Leaves a text, which lies at an address, where the module looks for both. */
function giveText(at, ptr) {
    const memory = getUint32ArrayMemory0();
    memory[at >>>= 2] = ptr;
    memory[at + 1] = WASM_VECTOR_LEN;
}

/** A text of the module, which is freed there; undefined where there is none. */
function takeText(ptr, len) {
    if (ptr === 0) return undefined;
    const text = getStringFromWasm0(ptr, len);
    wasm.FREE(ptr, len, 1);
    return text;
}
`;
