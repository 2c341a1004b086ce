/** Edits the glue that wasm-bindgen wrote, so that a module that crashed can be left behind and started anew behind the same functions. */

/** The text of the glue, edited. Throws where the glue is not as it was when these edits were written. */
export function restartable(glue) {
  const edited = EDITS.reduce((text, [found, replacement, times]) => {
    const parts = text.split(found);
    if (parts.length !== times + 1) {
      throw new Error(`the glue has \`${found}\` ${parts.length - 1} times, not ${times}: look at js/glue.mjs`);
    }
    return parts.join(replacement);
  }, glue);
  return edited + ADDED;
}

// INVARIANT: what is freed when an object is collected never reaches another run of the module: an
// address of the one means something else in the other.
const EDITS = [
  ["new FinalizationRegistry(", "new Finalizers(", 2],
];

const ADDED = `
/** A FinalizationRegistry that frees nothing of an earlier run of the module. */
function Finalizers(free) {
    const registry = new FinalizationRegistry(([held, run]) => { if (run === wasm) free(held); });
    return {
        register: (target, held, token) => registry.register(target, [held, wasm], token),
        unregister: (token) => registry.unregister(token),
    };
}

/** Leaves the module behind: nothing reaches it any more. */
export function abandon() { wasm = undefined; }

/** Starts the same module anew. */
export function restart() {
    __wbg_finalize_init(new WebAssembly.Instance(wasmModule, __wbg_get_imports()), wasmModule);
}
`;
