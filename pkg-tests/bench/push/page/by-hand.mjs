/** The peer: the least code that hides elements of a revoked permission. */

/*
 * Each tab has its own stream, revocations are written at once, and other changes are
 * fetched. It does less than permgate: messages never come late, early or for another
 * user, streams never break, and nothing expires.
 */

const STATE = "data-permission-state";

/** Keeps elements, each with one name. */
export async function keepByHand(elements, endpoint) {
  const index = new Map(elements.map((element) => [element.dataset.permission, element]));
  const write = (name, state) => index.get(name)?.setAttribute(STATE, state);
  const load = async () => {
    const { permissions, denied = [] } = await (await fetch(endpoint)).json();
    const held = new Set(permissions);
    for (const name of denied) held.delete(name);
    for (const name of index.keys()) write(name, held.has(name) ? "granted" : "denied");
  };
  const source = new EventSource(`${endpoint}/events`);
  source.addEventListener("version", load);
  source.addEventListener("revoked", ({ data }) => {
    for (const name of JSON.parse(data).permissions) write(name, "denied");
    load();
  });
  await load();
}
