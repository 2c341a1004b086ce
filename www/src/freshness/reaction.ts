/** Measures the time from a change at the server until the page shows it. */
import { record } from "./timeline.ts";

/** The expected reaction of the page, and its times so far. */
interface Expected {
  readonly permission: string;
  /** Whether its elements are going to be shown or hidden. */
  readonly isShown: boolean;
  readonly sent: number;
  answered?: number;
  seen?: number;
}

let expected: Expected | undefined;

// Called after a state was written, before the next frame.
new MutationObserver((changes) => {
  if (expected === undefined || expected.seen !== undefined) return;
  const { permission, isShown } = expected;
  const isIt = changes.some(({ target }) =>
    target instanceof HTMLElement && target.dataset["permission"] === permission
    && (target.dataset["permissionState"] === "granted") === isShown);
  if (!isIt) return;
  expected.seen = performance.now();
  tell();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-permission-state"] });

/** Notes that the server is asked to take or give a permission; returns a function to call when it has answered. */
export function expectReaction(permission: string, isShown: boolean): () => void {
  const mine: Expected = { permission, isShown, sent: performance.now() };
  expected = mine;
  return () => {
    mine.answered = performance.now();
    if (expected === mine) tell();
  };
}

function tell(): void {
  if (expected?.seen === undefined || expected.answered === undefined) return;
  const { permission, isShown, sent, seen, answered } = expected;
  expected = undefined;
  const when = `${time(seen - sent)} after the request, ${time(seen - answered)} ${seen < answered ? "before" : "after"} its answer`;
  record(isShown ? "gained" : "lost", `\`${permission}\` was ${isShown ? "shown" : "hidden"} ${when}`);
}

function time(difference: number): string {
  const ms = Math.abs(difference);
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`;
}
