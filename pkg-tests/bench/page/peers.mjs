/** Measures, in the same page, permgate beside CASL with React, a naive loop, and permgate with fewer bound elements. */

/*
 * The comparison is fair for these reasons, beside those in main.mjs:
 * - All contenders take turns in the same rounds, each on elements of its own. These rounds are apart from
 *   those of the hand-written peer, so that garbage of React is not collected during the latter.
 * - CASL begins with rules that are already objects, while permgate and the loop read a token. In the flip
 *   of one permission this would count, so each contender's time for the same flip without bound
 *   elements is subtracted.
 * - In a `<Can>`, elements that are not granted are not in the document: React creates and removes
 *   elements, where permgate's are tagged and the stylesheet hides them. With `passThrough`, CASL's
 *   elements stay and get the same attribute as permgate's, which is faster only when all elements
 *   flip: that row is given for both.
 * - When React binds and adds, it also creates the elements, which exist already for the others. So
 *   these rows are given a second time without the time in which React creates the same elements without CASL.
 */

import { interleave, row, without } from "/bench/rounds.mjs";
import { CaslReact } from "./casl-react.mjs";
import { NaiveLoop } from "./naive.mjs";
import { ADDED, ALL, ELEMENTS, NAMES, ONE, check, checkPresent, collectGarbage, evenly, evenlyTagged, expected, lines, populate, settle } from "./population.mjs";
import { addition, atOnce, flips, permgate, timed } from "./sides.mjs";

const CASL = { peerName: "CASL 7 + React 19", unit: "ms" };
const NAIVE = { peerName: "naive loop", unit: "ms" };
const ROUNDS = { rounds: 21, warmUp: 5 };
/** How often an act is repeated for one sample: less often than in main.mjs, since React needs milliseconds for each. */
const REPEATS = 10;
/** The rounds and repetitions of the part in which only permgate is measured. */
const OF_OURS = { rounds: 41, warmUp: 12, repeats: 40 };

/** The input of CASL and React is made before anything is measured: in a program it is part of the source. */
const SPLIT = new Map(NAMES.map((name) => [name, question(name)]));
const CELLS = cells(ELEMENTS);
const MORE = cells(ADDED);
const RULES = new Map([...ALL, ...ONE].map((token) => [token, NAMES.filter(isGranted(token)).map(rule)]));

function question(name) {
  const [subject, action] = name.split(":");
  return { name, action, subject };
}

function cells(count) {
  return lines(evenly(count)).map((line) => line.map((name) => SPLIT.get(name)));
}

function rule(name) {
  const { action, subject } = SPLIT.get(name);
  return { action, subject };
}

function isGranted(token) {
  const state = expected(token);
  return (name) => state(name) === "granted";
}

/** A contender whose elements exist and are tagged. */
function tagged(side) {
  return {
    ...side,
    populate,
    check(root, token) {
      if (check(root, expected(token)) !== ELEMENTS) throw new Error("elements are missing");
    },
    add: addition,
  };
}

/** CASL and React, in one of the shapes. Without a `<Can>`, only what is granted is given to be rendered. */
function caslReact(shape, token) {
  const app = new CaslReact(shape, RULES.get(token));
  const shown = (all) => (shape === "alone" ? all.map((line) => line.filter(({ name }) => isGranted(token)(name))) : all);
  const [bound, more] = [shown(CELLS), shown(MORE)];
  const side = {
    populate: () => populate([]),
    bind: (root) => app.bind(root, bound),
    disconnect: () => app.disconnect(),
    flip: (token) => app.update(RULES.get(token)),
    check: (root, token) => checkPresent(root, evenly(ELEMENTS), expected(token)),
    async add(root, token) {
      collectGarbage();
      const taken = await timed(() => app.add(more));
      checkPresent(root.querySelector("section"), evenly(ADDED), expected(token));
      app.takeAway();
      return taken;
    },
  };
  return shape === "passThrough" ? { ...side, check: tagged(side).check } : side;
}

async function sides(token) {
  return {
    ours: tagged(await permgate(token)),
    casl: caslReact("can", token),
    naive: tagged(atOnce(new NaiveLoop(token))),
  };
}

/** Each contender with its own root, bound for the whole benchmark. */
function bind(contenders) {
  for (const side of Object.values(contenders)) {
    side.root = side.populate();
    side.bind(side.root);
  }
  return contenders;
}

function release(contenders) {
  for (const side of Object.values(contenders)) {
    side.disconnect();
    side.root.remove();
  }
}

async function binding() {
  const samples = await interleave(
    { ...(await sides(ALL[0])), alone: caslReact("alone", ALL[0]) },
    async (side) => {
      const root = side.populate();
      collectGarbage();
      settle();
      const start = performance.now();
      side.bind(root);
      const taken = performance.now() - start;
      side.check(root, ALL[0]);
      side.disconnect();
      root.remove();
      return taken;
    },
    ROUNDS,
  );
  return withAndWithoutMaking("bind 10 000 elements", samples);
}

async function adding() {
  const contenders = bind({ ...(await sides(ALL[0])), alone: caslReact("alone", ALL[0]) });
  const samples = await interleave(contenders, (side) => side.add(side.root, ALL[0]), ROUNDS);
  release(contenders);
  return withAndWithoutMaking("add 1 000 elements", samples);
}

function withAndWithoutMaking(name, { ours, casl, alone, naive }) {
  return [
    row(`${name}, CASL + React`, ours, casl, { ...CASL, note: "React makes the elements, too" }),
    row(`${name}, CASL + React, less React alone`, ours, without(casl, alone), { ...CASL, note: "without the time in which React makes the elements" }),
    row(`${name}, naive loop`, ours, naive, NAIVE),
  ];
}

async function flippingAll() {
  const contenders = bind({ ...(await sides(ALL[0])), passThrough: caslReact("passThrough", ALL[0]) });
  const samples = await interleave(
    contenders,
    async (side, round) => {
      const token = ALL[Math.abs(round + 1) % 2];
      collectGarbage();
      const taken = await timed(() => side.flip(token));
      side.check(side.root, token);
      return taken;
    },
    ROUNDS,
  );
  release(contenders);
  const name = "flip all 10 000 elements";
  return [
    row(`${name}, CASL + React`, samples.ours, samples.casl, CASL),
    row(`${name}, CASL + React, passThrough`, samples.ours, samples.passThrough, CASL),
    row(`${name}, naive loop`, samples.ours, samples.naive, NAIVE),
  ];
}

async function flippingOne() {
  const contenders = bind(await sides(ONE[0]));
  const unbound = await sides(ONE[0]);
  const samples = await interleave(
    { ...contenders, unboundOurs: unbound.ours, unboundCasl: unbound.casl, unboundNaive: unbound.naive },
    (side) => flips(side, ONE, REPEATS, (token) => side.root && side.check(side.root, token)),
    ROUNDS,
  );
  release(contenders);
  const name = "flip 100 elements of one permission";
  const note = "without reading the token";
  const ours = without(samples.ours, samples.unboundOurs);
  return [
    row(`${name}, CASL + React`, ours, without(samples.casl, samples.unboundCasl), { ...CASL, note }),
    row(`${name}, naive loop`, ours, without(samples.naive, samples.unboundNaive), { ...NAIVE, note }),
  ];
}

/**
 * Shows that a flip costs only its own elements: the same elements flip with 10 000 bound elements and with
 * 1 000. The document has the same size in both cases: in a smaller document all flips are faster, since
 * layouts between them leave more of their data in the processor's caches. One difference remains: with a tenth of
 * the elements, a tenth of the permissions is bound, and each is decided once for a new set.
 */
async function flippingAmongFewer() {
  const bound = async (names, count) => ({
    ...(await permgate(ONE[0])),
    populate: () => populate(names),
    check(root, token) {
      if (check(root, expected(token)) !== count) throw new Error("elements are missing");
    },
  });
  const contenders = bind({
    many: await bound(evenly(ELEMENTS), ELEMENTS),
    few: await bound(evenlyTagged(ADDED), ADDED),
  });
  const samples = await interleave(
    { ...contenders, unbound: await permgate(ONE[0]) },
    (side) => flips(side, ONE, OF_OURS.repeats, (token) => side.root && side.check(side.root, token)),
    OF_OURS,
  );
  release(contenders);
  const [many, few] = [samples.many, samples.few].map((list) => without(list, samples.unbound));
  return row("flip 100 elements of one permission, of 10 000 bound", many, few, {
    peerName: "the same with 1 000 bound",
    unit: "ms",
    note: "ours in both, without reading the token",
  });
}

/** Each returns one or more rows. */
export const measurements = [binding, flippingAll, flippingOne, adding, flippingAmongFewer];
