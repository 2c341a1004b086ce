/** The desk by any version of htmx: it is requested from the server, and swapped in. */

/** Returns `mount` for a version; a swap with `outer` in its name replaces the desk, and any other its container's content. */
export function mountBy(htmx) {
  return async (target, properties, { swap }) => {
    const ask = (properties, target, swap) =>
      htmx.ajax("GET", `/desk/${encodeURIComponent(JSON.stringify(properties))}`, { source: target, target, swap });
    await ask(properties, target, "innerHTML");
    const isOuter = /outer/i.test(swap) || swap === "morph";
    // One after the other: of several requests at once, htmx drops some.
    let last = Promise.resolve();
    const then = (what) => (last = last.then(what));
    return {
      root: target,
      set: (properties) => then(() => ask(properties, isOuter ? target.querySelector("#desk") : target, swap)),
      unmount: () => then(() => ask(null, target, "innerHTML")),
    };
  };
}
