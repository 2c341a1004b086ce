/** The desk by htmx of whatever version: it is asked for, and swapped in. */

/** Gives `mount` for a version; a swap whose name has `outer` in it is done to the desk, and any other to what is around it. */
export function mountBy(htmx) {
  return async (target, properties, { swap }) => {
    const ask = (properties, target, swap) =>
      htmx.ajax("GET", `/desk/${encodeURIComponent(JSON.stringify(properties))}`, { source: target, target, swap });
    await ask(properties, target, "innerHTML");
    const isOuter = /outer/i.test(swap) || swap === "morph";
    // One after the other: of several questions at once, htmx drops some.
    let last = Promise.resolve();
    const then = (what) => (last = last.then(what));
    return {
      root: target,
      set: (properties) => then(() => ask(properties, isOuter ? target.querySelector("#desk") : target, swap)),
      unmount: () => then(() => ask(null, target, "innerHTML")),
    };
  };
}
