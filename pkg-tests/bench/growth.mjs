/** How the time of a question grows with the number of grants, in one Node.js process. */

import { AbilityBuilder, createMongoAbility, subject } from "@casl/ability";
import { createPermissions } from "permgate";
import { interleave, row } from "./rounds.mjs";

const SIZES = [100, 1_000, 10_000, 100_000];
const QUESTIONS = 500;
const ROUNDS = 41;
const WARM_UP = 5;

/** CASL walks through its rules: it gets fewer questions, or the benchmark would take minutes. */
const QUESTIONS_OF_CASL = 10;

/** The grants, and a new question about the grant with this index. */
const KINDS = {
  names: {
    document: (size) => ({ permissions: numbers(size).map((index) => `page${index}:view`) }),
    question: (index, unique) => [`page${index}:view`, `r/${unique}`],
  },
  wildcards: {
    document: (size) => ({ permissions: numbers(size).map((index) => `page${index}:*`) }),
    question: (index, unique) => [`page${index}:view`, `r/${unique}`],
  },
  resources: {
    document: (size) => ({
      grants: numbers(size).map((index) => ({ permission: "page:view", resource: `docs/${index}/*` })),
    }),
    question: (index, unique) => ["page:view", `docs/${index}/${unique}`],
  },
};

/** Measures everything, and returns the rows. */
export async function growthRows() {
  const rows = [];
  for (const [kind, { document, question }] of Object.entries(KINDS)) {
    const contenders = {};
    for (const size of SIZES) {
      const held = await createPermissions({ bootstrap: document(size), staleMs: 86_400_000 });
      contenders[size] = { held, ask: asked(size, QUESTIONS, question), check: QUESTIONS };
    }
    const samples = await interleave(contenders, measure, { rounds: ROUNDS, warmUp: WARM_UP });
    for (const size of SIZES.slice(1)) {
      rows.push(
        row(`can, first question, among ${size} ${kind}`, samples[size], samples[SIZES[0]], {
          peerName: `among ${SIZES[0]}`,
          unit: "ns",
        }),
      );
    }
    for (const { held } of Object.values(contenders)) held.dispose();
  }
  return [...rows, ...(await besideCasl())];
}

/** One of many resources: permgate, and CASL with a conditional rule for each. */
async function besideCasl() {
  const rows = [];
  for (const size of SIZES.slice(1)) {
    const { document, question } = KINDS.resources;
    const held = await createPermissions({ bootstrap: document(size), staleMs: 86_400_000 });
    const { can, build } = new AbilityBuilder(createMongoAbility);
    for (const doc of numbers(size)) can("view", "page", { doc });
    const theirs = build();
    const casl = {
      can: (_, index) => theirs.can("view", subject("page", { doc: index })),
    };
    const samples = await interleave(
      {
        ours: { held, ask: asked(size, QUESTIONS_OF_CASL, question), check: QUESTIONS_OF_CASL },
        casl: {
          held: casl,
          ask: asked(size, QUESTIONS_OF_CASL, (index) => [undefined, index]),
          check: QUESTIONS_OF_CASL,
        },
      },
      measure,
      { rounds: 21, warmUp: 3 },
    );
    rows.push(
      row(`can on one of ${size} resources`, samples.ours, samples.casl, {
        peerName: "CASL 7, conditions",
        unit: "ns",
      }),
    );
    held.dispose();
  }
  return rows;
}

/** Questions for a round, all of which are granted, spread over the whole set. */
function asked(size, count, question) {
  return (round) =>
    numbers(count).map((number) => question((number * 7919 + round + WARM_UP) % size, `${round}-${number}`));
}

function measure({ held, ask, check }, round) {
  const questions = ask(round);
  const start = process.hrtime.bigint();
  let granted = 0;
  for (const [requirement, resource] of questions) granted += +held.can(requirement, resource);
  const taken = Number(process.hrtime.bigint() - start) / questions.length;
  if (granted !== check) throw new Error(`${granted} of ${check} were granted`);
  return taken;
}

function numbers(length) {
  return Array.from({ length }, (_, index) => index);
}
