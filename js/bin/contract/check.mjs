/** A check: a number, a name, a sentence, and a function that returns what is wrong. */

/** Thrown when a check cannot be judged because something else is wrong. */
export class Unjudged extends Error {}

/** Refuses to judge unless a condition holds. */
export function need(condition, reason) {
  if (!condition) throw new Unjudged(reason);
}

/** A finding that is not a breach, but worth a look. */
export class Advice {
  constructor(text) {
    this.text = text;
  }
}

/**
 * A check. `judge(answers, options)` returns nothing when all is well, a text that says what is wrong and what to do, or
 * an `Advice`; `applies(options)` is false if the caller did not ask for the check.
 */
export function check(id, title, judge, applies = () => true) {
  return { id, title, judge, applies };
}

/** The result of a check: `{ id, title, outcome, message }`. */
export function runCheck({ id, title, judge, applies }, answers, options) {
  if (!applies(options)) return { id, title, outcome: "not-asked" };
  try {
    const finding = judge(answers, options);
    if (finding === undefined) return { id, title, outcome: "passed" };
    if (finding instanceof Advice) return { id, title, outcome: "advice", message: finding.text };
    return { id, title, outcome: "failed", message: finding };
  } catch (error) {
    if (!(error instanceof Unjudged)) throw error;
    return { id, title, outcome: "unjudged", message: error.message };
  }
}

/** The answer to a request, as a clause for messages: "it was answered with 500", or why there is no answer. */
export function describe(request, { status, headers = {}, failure }, verb = "was") {
  if (failure) return `there is no answer: ${failure}`;
  return `${request} ${verb} answered with ${status >= 300 && status < 400 && headers.location ? `${status} to \`${headers.location}\`` : status}`;
}
