/** Functions for the module that never throw: an exception that passed through the module would leave its state incomplete. */

/** The same object, whose functions return what they throw, as an outcome (`Came`) that is no success. */
export function caught<Functions extends object>(functions: Functions): Functions {
  for (const [name, act] of Object.entries(functions) as [keyof Functions, unknown][]) {
    if (typeof act !== "function") continue;
    const call = (...given: unknown[]): unknown => {
      try {
        return act(...given) as unknown;
      } catch (cause) {
        return [false, cause];
      }
    };
    functions[name] = call as Functions[keyof Functions];
  }
  return functions;
}
