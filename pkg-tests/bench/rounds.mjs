/** Interleaved rounds and their medians; runs in Node.js and in pages. */

/**
 * Measures contenders in turns: each once per round, in an order that rotates, so
 * that a slow moment of the machine affects all of them. `measure` takes a contender and returns a
 * number. The results of the warm-up rounds are dropped.
 *
 * Returns the list of samples of each contender, by name.
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

/**
 * The interval of the median of the ratios of two contenders, round by round, with a confidence of at least 95 %:
 * between two order statistics, whose ranks are those of the binomial distribution by its normal approximation.
 */
function ratioInterval(ours, peer) {
  const ratios = ours.map((own, round) => own / peer[round]).sort((one, other) => one - other);
  const rank = Math.max(1, Math.floor(ratios.length / 2 - 0.98 * Math.sqrt(ratios.length)));
  return [ratios[rank - 1], ratios[ratios.length - rank]];
}

/** The samples of one contender, less the median of another. */
export function without(list, part) {
  const middle = median(part);
  return list.map((value) => value - middle);
}

/**
 * A row of the report. `spread` is the distance between the quartiles of the rounds, as a share of the
 * median: for permgate and for the peer. A spread above 0.2 means that the machine was busy.
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

/** A row of this version and the one before; the note gives the interval of the ratio. */
export function oldRow(name, { ours, peer }, unit) {
  const interval = ratioInterval(ours, peer).map((ratio) => ratio.toFixed(3)).join(" to ");
  return row(`${name}, old and new`, ours, peer, { peerName: "the version before", unit, note: `ratio of the rounds: ${interval}` });
}

/** A row of waiting times: the median and the 99th percentile. The peer may be absent. */
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

/** A row with one number and no peer. */
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
