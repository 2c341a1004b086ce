/** Crashes the running module for real: its memory is used up, as a leak would do it. Import it before the package. */

const runs = [];
const { instantiate, Instance } = WebAssembly;

/** Node.js has a module of its own, which reads HTTP. */
function keep({ exports }) {
  if (!Object.keys(exports).some((name) => name.startsWith("llhttp"))) runs.push(exports);
}

WebAssembly.instantiate = async (...given) => {
  const result = await instantiate(...given);
  keep(result.instance ?? result);
  return result;
};
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    keep(this);
  }
};

/** How often the module was started. */
export const starts = () => runs.length;

/** From here on the module gets no more memory: it runs out of it when it needs some. */
export function starve() {
  const memory = Object.values(runs.at(-1)).find((value) => value instanceof WebAssembly.Memory);
  memory.grow(65536 - memory.buffer.byteLength / 65536);
}

/** A requirement that takes more memory than is left. */
export const LONG = "x".repeat(64 * 1024 * 1024);
