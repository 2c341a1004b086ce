/** Asks the module of an instance, and remembers what it answered. */

import type { Engine } from "#glue";
import { type Checked, decision, said, shown } from "./answers.js";
import { Decided } from "./border.js";
import type { Memo } from "./memo.js";
import { complaint, isText, isTextOrAbsent } from "./question.js";
import type { Reports } from "./reports.js";
import type { Decision, Messages } from "./types.js";
import type { UsesEngine } from "./uses.js";

/** What asking needs of an instance. */
export interface Asked extends UsesEngine {
  readonly reports: Pick<Reports, "malformed">;
  /** Whether there is no module because it crashed. */
  readonly isCrashed: boolean;
  /** The application's own words. */
  readonly messages?: Messages | undefined;
  /** Lets the module look at the clock, once in a turn of the event loop. */
  readClock(): void;
}

/** The same, where answers are remembered. */
interface Remembering extends Asked {
  readonly memo: Memo;
}

/** Whether a requirement is granted, where that is not remembered. Kept out of `can`, so that `can` stays small enough to be inlined. */
export function ask(instance: Remembering, requirement: unknown, resource: unknown): boolean {
  return answer(instance, requirement, resource, (engine, asked, on) => {
    const given = engine.decide(asked, on);
    instance.memo.set(asked, on, given === Decided.Granted);
    return given;
  });
}

/** Whether a permission is granted on any resource, where that is not remembered. */
export function askSomewhere(instance: Remembering, permission: unknown): boolean {
  return answer(instance, permission, undefined, (engine, asked) => {
    const given = engine.somewhere(asked);
    instance.memo.setSomewhere(asked, given === Decided.Granted);
    return given;
  });
}

/** The decision on a requirement, with its reason, in the words of the application. */
export function check(instance: Asked, requirement: string, resource?: string): Decision {
  return said(instance.messages, english(instance, requirement, resource), requirement, resource);
}

function english(instance: Asked, requirement: string, resource: string | undefined): Decision {
  instance.readClock();
  const gone = instance.isCrashed ? "crashed" : "not-loaded";
  const absent = decision("unknown", gone, "permissions are not available: the instance crashed or was disposed of");
  const problem = complaint(requirement, resource);
  if (problem) return decision("denied", "malformed-requirement", problem);
  return instance.use((engine) => {
    const checked = engine.check(requirement, resource) as Checked;
    if (checked.reason !== "malformed-requirement") return shown(checked);
    return shown({ ...checked, message: engine.complaint(requirement, resource) ?? checked.message });
  }, absent);
}

/** Asks something that may be malformed: whether it is granted. */
export function answer(
  instance: Asked,
  requirement: unknown,
  resource: unknown,
  decide: (engine: Engine, requirement: string, resource: string | undefined) => Decided,
): boolean {
  const problem = complaint(requirement, resource);
  if (problem || !isText(requirement) || !isTextOrAbsent(resource)) {
    instance.reports.malformed(typeof requirement, problem);
    return false;
  }
  const given = instance.use((engine) => decide(engine, requirement, resource), undefined);
  if (given === Decided.Malformed) {
    const why = instance.use((engine) => engine.complaint(requirement, resource), undefined);
    const what = why ?? "`canSomewhere` asks for one permission";
    instance.reports.malformed(requirement, `\`${requirement.slice(0, 200)}\`: ${what}`);
  }
  return given === Decided.Granted;
}
