/** Crashes the running module for real, by using up its memory as a leak would. Import it before the package. */

const runs = [];
const { instantiate, Instance } = WebAssembly;

/** Node.js itself starts a module for reading HTTP, which is not counted. */
function keep({ exports }) {
  if (!Object.keys(exports).some((name) => name.startsWith("llhttp"))) runs.push(exports);
}

WebAssembly.instantiate = async (...args) => {
  const result = await instantiate(...args);
  keep(result.instance ?? result);
  return result;
};
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    keep(this);
  }
};

/** How many times the module was started. */
export const starts = () => runs.length;

/** Refuses all further memory to the module, so that it crashes when it needs some. */
export function starve() {
  const memory = Object.values(runs.at(-1)).find((value) => value instanceof WebAssembly.Memory);
  memory.grow(65536 - memory.buffer.byteLength / 65536);
}

/** A requirement that needs more memory than is left. */
export const LONG = "x".repeat(64 * 1024 * 1024);
