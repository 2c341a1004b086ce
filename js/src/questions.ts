/** Asks the module of an instance, and remembers its answers. */

import type { Engine } from "#glue";
import { type Checked, decision, said, shown } from "./answers.js";
import { Decided } from "./border.js";
import type { Memo } from "./memo.js";
import { complaint, isText, isTextOrAbsent } from "./question.js";
import type { Reports } from "./reports.js";
import type { Decision, Messages } from "./types.js";
import type { UsesEngine } from "./uses.js";

/** The parts of an instance that questions need. */
export interface Asked extends UsesEngine {
  readonly reports: Pick<Reports, "malformed">;
  /** Whether there is no module because it crashed. */
  readonly isCrashed: boolean;
  /** The application's own messages. */
  readonly messages?: Messages | undefined;
  /** Lets the module read the clock, once in a turn of the event loop. */
  readClock(): void;
}

/** The same, with a memory of answers. */
interface Remembering extends Asked {
  readonly memo: Memo;
}

/**
 * Whether a requirement is granted that is not in the memory. Separate from `can`, so that `can` stays small enough to
 * be inlined.
 */
export function ask(instance: Remembering, requirement: unknown, resource: unknown): boolean {
  return answer(instance, requirement, resource, (engine, asked, on) => {
    const given = engine.decide(asked, on);
    instance.memo.set(asked, on, given === Decided.Granted);
    return given;
  });
}

/** Whether a permission is granted on at least one resource, if the answer is not in the memory. */
export function askSomewhere(instance: Remembering, permission: unknown): boolean {
  return answer(instance, permission, undefined, (engine, asked) => {
    const given = engine.somewhere(asked);
    instance.memo.setSomewhere(asked, given === Decided.Granted);
    return given;
  });
}

/** The decision on a requirement, with its reason, in the application's words. */
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
    const checked = JSON.parse(engine.check(requirement, resource)) as Checked;
    if (checked.reason !== "malformed-requirement") return shown(checked);
    return shown({ ...checked, message: engine.complaint(requirement, resource) ?? checked.message });
  }, absent);
}

/** Whether a requirement is granted that may be malformed. */
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
