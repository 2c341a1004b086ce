/** Interleaved rounds and their medians; runs in Node.js and in pages. */

/**
 * Lets contenders take turns: in every round each is measured once, in an order that rotates, so
 * that a slow moment of the machine meets all of them. `measure` is given a contender and gives a
 * number. The rounds of the warm-up are thrown away.
 *
 * Gives a list of samples per contender, by name.
 */
export async function interleave(contenders, measure, { rounds, warmUp }) {
  const names = Object.keys(contenders);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round + warmUp) % names.length];
      const value = await measure(contenders[name], round);
      if (round >= 0) samples[name].push(value);
    }
  }
  return samples;
}

/** The middle of a list of numbers. */
export function median(list) {
  return quantile(list, 0.5);
}

/** What is measured, less the middle of what was measured beside it. */
export function without(list, part) {
  const middle = median(part);
  return list.map((value) => value - middle);
}

/**
 * A row of the report. `spread` is how far apart the quartiles of the rounds are, as a share of the
 * median: ours and the peer's. What is above 0.2 was measured on a busy machine.
 */
export function row(name, ours, peer, { peerName, unit, aim, note }) {
  const [own, other] = [median(ours), median(peer)];
  return {
    name,
    ours: own,
    peer: other,
    ratio: own / other,
    unit,
    peerName,
    ...(aim === undefined ? {} : { aim, met: own / other <= aim }),
    rounds: ours.length,
    spread: [spread(ours), spread(peer)],
    ...(note === undefined ? {} : { note }),
  };
}

/** A row of what is waited for: its median, and what 99 of 100 stay below. The peer may be absent. */
export function quantileRow(name, ours, peer, { peerName, unit, note }) {
  const [own, other] = [median(ours), peer && median(peer)];
  return {
    ...rowAlone(name, own, unit),
    p99: quantile(ours, 0.99),
    ...(peer && { peer: other, ratio: own / other, peerName, peerP99: quantile(peer, 0.99) }),
    rounds: ours.length,
    spread: [ours, ...(peer ? [peer] : [])].map(spread),
    ...(note === undefined ? {} : { note }),
  };
}

/** A row of one number, beside which there is nothing to set. */
export function rowAlone(name, ours, unit) {
  return { name, ours, peer: null, ratio: null, unit };
}

function spread(list) {
  return (quantile(list, 0.75) - quantile(list, 0.25)) / median(list);
}

function quantile(list, share) {
  const sorted = [...list].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)];
  return low + (sorted[Math.ceil(position)] - low) * (position % 1);
}
