/** The peer: the least that hides what the server revokes. */

/*
 * Each tab has a stream of its own, what is revoked is written at once, and what else changes is
 * asked for. It does less than permgate: a message is never too late, too early or somebody
 * else's, a stream never breaks, and time is endless.
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
