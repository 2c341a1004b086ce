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

// INVARIANT: what belongs to one run of the module (closures, and what is freed when an object is
// collected) never reaches another run: an address of the one means something else in the other.
const EDITS = [
  ["new FinalizationRegistry(", "new Finalizers(", 3],
  ["const state = { a: arg0, b: arg1, cnt: 1 };", "const state = { a: arg0, b: arg1, cnt: 1, run: wasm };", 1],
  ["const real = (...args) => {", "const real = (...args) => {\n        if (state.run !== wasm) return;", 1],
  // Timers and observers call closures: nobody else would notice that they crashed.
  ["        } finally {\n            real._wbg_cb_unref();", "        } catch (cause) {\n            crashed(cause);\n        } finally {\n            if (state.run === wasm) real._wbg_cb_unref();", 1],
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

let crashed = () => {};

/** The listener is told when a closure of the module crashed. */
export function onCrash(listener) { crashed = listener; }

/** Leaves the module behind: nothing reaches it any more. */
export function abandon() { wasm = undefined; }

/** Starts the same module anew. */
export function restart() {
    __wbg_finalize_init(new WebAssembly.Instance(wasmModule, __wbg_get_imports()), wasmModule);
}
`;
