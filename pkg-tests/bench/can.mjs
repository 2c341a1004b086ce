/** How long a question takes in one Node.js process: permgate, `Set.has` and CASL. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AbilityBuilder, createMongoAbility, subject } from "@casl/ability";
import { createPermissions } from "permgate";
import { interleave, oldRow, row } from "./rounds.mjs";

/** The folder `dist` of an older version, if given: only that version and this one are measured, in turns. */
const { PERMGATE_OLD: OLD } = process.env;

const SUBJECTS = 25;
const ACTIONS = ["view", "create", "edit", "delete"];
const QUESTIONS = 10_000;
const ROUNDS = 201;
const WARM_UP = 50;

// Interns a string, as the literals in a program are: a string put together at run time is compared letter by
// letter at each look-up. The peers hold the same string objects, which is the best case for them.
const interned = (text) => Object.keys({ [text]: true })[0];
const name = ([subject, action]) => interned(`${subject}:${action}`);
const pairs = (prefix) =>
  Array.from({ length: SUBJECTS }, (_, index) => interned(`${prefix}${index}`)).flatMap((subject) =>
    ACTIONS.map((action) => [subject, action]),
  );

/** 100 names that are granted, and 100 that are not. */
const HELD = pairs("page");
const OTHER = pairs("other");
const HELD_NAMES = HELD.map(name);

/** Half of them granted, in an order that no branch predictor can learn; the same in every run. */
const ASKED = shuffled(
  Array.from({ length: QUESTIONS }, (_, index) => (index % 2 ? HELD : OTHER)[(index >> 1) % HELD.length]),
);

/** Measures everything, and returns the rows. */
export async function canRows() {
  if (OLD) return besideOld();
  return [...(await burst()), ...(await onResources()), ...(await first()), ...(await alone())];
}

/** Many names in one turn of the event loop, as in a table that asks for each cell. */
async function burst() {
  const samples = await rounds({
    ours: contender("held.can(a[i])", await permgate(), ASKED.map(name)),
    set: contender("held.has(a[i])", new Set(HELD_NAMES), ASKED.map(name)),
    casl: contender("held.can(a[i], b[i])", casl(), ...actionsAndSubjects(ASKED)),
  });
  return [
    row("can, in a burst", samples.ours, samples.set, { peerName: "Set.has", unit: "ns", aim: 1.5 }),
    row("can, in a burst", samples.ours, samples.casl, { peerName: "CASL 7", unit: "ns", aim: 0.25 }),
  ];
}

/** The same questions, each about one of four resources, half of which are covered. */
async function onResources() {
  const tenants = ["acme", "umbrella", "globex", "initech"];
  const ours = await createPermissions({
    bootstrap: {
      grants: HELD_NAMES.flatMap((permission) =>
        tenants.slice(0, 2).map((tenant) => ({ permission, resource: `tenants/${tenant}/*`, effect: "allow" })),
      ),
    },
  });
  const theirs = casl((can) => {
    for (const [subject, action] of HELD) can(action, subject, { tenant: { $in: tenants.slice(0, 2) } });
  });
  const asked = ASKED.map((_, index) => HELD[index % HELD.length]);
  const tenantOf = (index) => tenants[(index * 7) % tenants.length];
  const objects = asked.map(([type], index) => subject(type, { tenant: tenantOf(index) }));
  const samples = await rounds({
    ours: contender("held.can(a[i], b[i])", ours, asked.map(name), asked.map((_, index) => interned(`tenants/${tenantOf(index)}/1`))),
    casl: contender("held.can(a[i], b[i])", theirs, asked.map(([, action]) => action), objects),
  });
  return [row("can on a resource, in a burst", samples.ours, samples.casl, { peerName: "CASL 7, conditions", unit: "ns" })];
}

/** The first question for each of 200 names with an empty memo. Emptying the memo is not timed. */
async function first() {
  const asked = shuffled([...HELD, ...OTHER]);
  const rules = casl().rules;
  // CASL builds its index at the first question, too; its memo is emptied in the same way.
  const samples = await rounds({
    ours: contender("held.can(a[i])", await withToken(), asked.map(name), undefined, forget),
    casl: contender("held.can(a[i], b[i])", casl(), ...actionsAndSubjects(asked), (held) => held.update([...rules])),
  });
  return [
    row("can, first question for each name", samples.ours, samples.casl, { peerName: "CASL 7", unit: "ns" }),
  ];
}

/** One question in each turn of the event loop. The time of an empty turn is measured, too, and subtracted. */
async function alone() {
  const turns = {
    ours: oneATurn("held.can(a[i])", await permgate(), ASKED.map(name)),
    casl: oneATurn("held.can(a[i], b[i])", casl(), ...actionsAndSubjects(ASKED)),
    nothing: oneATurn("(a[i].length & 1)", undefined, ASKED.map(name)),
  };
  const samples = await rounds(turns);
  const net = (list) => list.map((value, index) => value - samples.nothing[index]);
  const note = "the time of an empty turn is subtracted";
  return [
    row("can, alone in its turn", net(samples.ours), net(samples.casl), { peerName: "CASL 7", unit: "ns", note }),
  ];
}

/** This version and another one: known questions, and the first one for each name. */
async function besideOld() {
  const { createPermissions: createOld } = await import(pathToFileURL(join(OLD, "node.js")).href);
  const names = ASKED.map(name);
  const known = await rounds({
    ours: contender("held.can(a[i])", await permgate(), names),
    peer: contender("held.can(a[i])", await permgate(createOld), names),
  });
  const asked = shuffled([...HELD, ...OTHER]).map(name);
  const first = await rounds({
    ours: contender("held.can(a[i])", await withToken(), asked, undefined, forget),
    peer: contender("held.can(a[i])", await withToken(createOld), asked, undefined, forget),
  });
  return [oldRow("can, in a burst", known, "ns"), oldRow("can, first question for each name", first, "ns")];
}

function rounds(contenders) {
  return interleave(contenders, (contender) => contender(), { rounds: ROUNDS, warmUp: WARM_UP });
}

/**
 * A loop over `ask`, made from its text: each contender gets the same loop, compiled for it alone.
 * The granted answers are counted, so that the engine cannot skip a question, and the count is checked.
 */
function contender(ask, held, a, b, before = () => {}) {
  return looped(`return (held, a, b) => {
    let granted = 0;
    for (let i = 0; i < a.length; i += 1) granted += +(${ask});
    return granted;
  }`, held, a, b, before);
}

function oneATurn(ask, held, a, b) {
  return looped(`return async (held, a, b) => {
    let granted = 0;
    for (let i = 0; i < a.length; i += 1) {
      await null;
      granted += +(${ask});
    }
    return granted;
  }`, held, a, b, () => {});
}

function looped(text, held, a, b, before) {
  const loop = new Function(text)();
  return async () => {
    await before(held);
    const start = process.hrtime.bigint();
    const granted = await loop(held, a, b);
    const taken = Number(process.hrtime.bigint() - start) / a.length;
    if (held !== undefined && granted !== a.length / 2) throw new Error(`${granted} of ${a.length} were granted, not half`);
    return taken;
  };
}

function permgate(create = createPermissions) {
  // An invalidated set remains in use for longer than the benchmark takes.
  return create({ bootstrap: { permissions: HELD_NAMES }, staleMs: 86_400_000 });
}

function withToken(create = createPermissions) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return create({ token: `${part({})}.${part({ sub: "u-1", permissions: HELD_NAMES })}.` });
}

/** Empties the memo of permgate, which it does itself at each publication: here, of a set that becomes stale, and then fresh again. */
function forget(held) {
  held.invalidate();
  return held.refresh();
}

function casl(define = (can) => HELD.forEach(([subject, action]) => can(action, subject))) {
  const { can, build } = new AbilityBuilder(createMongoAbility);
  define(can);
  return build();
}

function actionsAndSubjects(asked) {
  return [asked.map(([, action]) => action), asked.map(([subject]) => subject)];
}

/** Shuffles by Fisher and Yates, with a small generator (xorshift). */
function shuffled(list) {
  let state = 0x9e3779b9;
  const result = [...list];
  for (let i = result.length - 1; i > 0; i -= 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const j = (state >>> 0) % (i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
