/** The code that the adapters share: an instance that may not be there yet, the verdict of a guard, and a region that is shut. */

import type { Dehydrated, Where } from "./dehydrated.js";
import { Hydration } from "./hydration.js";
import type { CheckedRequirement, RequirementOf } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import { select } from "./select.js";
import type { Status } from "./types.js";

export type { Dehydrated, Where } from "./dehydrated.js";
export { bootstrapOf } from "./hydration.js";

/** An instance, whatever names its type has. */
export type AnyPermissions = Permissions<any>;

/** The object that guards ask: an instance, or the evaluation of a server. */
export type Answering = Pick<AnyPermissions, "can" | "canSomewhere" | "check" | "status" | "subscribe">;

/**
 * The value that a provider takes: an instance, a promise of one, or a function that makes one. The function gets the
 * document that the page carries, for the option `bootstrap`.
 */
export type GivenPermissions = AnyPermissions | PromiseLike<AnyPermissions> | ((bootstrap?: object) => AnyPermissions | PromiseLike<AnyPermissions>);

/**
 * The verdict of a guard. A page is left only on `denied` and `unauthenticated`; while the answer is `unknown`, or
 * loading has `failed`, it stays and is shut.
 */
export type Verdict = "granted" | "denied" | "unauthenticated" | "unknown" | "failed";

/**
 * How long a guard waits on the way into a route, in milliseconds: the time-out of the endpoint, and time for the
 * module.
 */
const PATIENCE_MS = 20_000;

/** Checks the names of a requirement where TypeScript could not infer its type; returns it unchanged. */
export function requirement<Text extends string>(text: RequirementOf<Text, RegisteredName>): CheckedRequirement {
  return text as unknown as CheckedRequirement;
}

/** Whether a requirement is granted. */
function isGranted(permissions: Answering, requirement: string, where: Where): boolean {
  return where === true ? permissions.canSomewhere(requirement) : permissions.can(requirement, where);
}

/** The verdict of a guard at this moment. */
export function verdictOf(permissions: Answering, requirement: string, where?: Where): Verdict {
  if (isGranted(permissions, requirement, where)) return "granted";
  const { status } = permissions;
  if (status === "unauthenticated") return status;
  const { outcome } = permissions.check(requirement, where === true ? undefined : where);
  // A requirement with operators may be granted in general, and is no question about at least one resource.
  if (outcome !== "unknown") return "denied";
  return status === "failed" || status === "expired" ? "failed" : outcome;
}

/** The verdict of a guard once the answer is known; `failed` when it is not known in time. Never rejects. */
export async function verdictWhenKnown(given: Answering | PromiseLike<Answering>, requirement: string, where?: Where): Promise<Verdict> {
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const known = async () => {
    const permissions = await given;
    return new Promise<Verdict>((resolve) => {
      const look = () => {
        const verdict = verdictOf(permissions, requirement, where);
        if (verdict !== "unknown") resolve(verdict);
      };
      stop = permissions.subscribe(look);
      look();
    });
  };
  const late = new Promise<Verdict>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, "failed")));
  try {
    return await Promise.race([known(), late]);
  } catch {
    return "failed";
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** The attribute with the state of a tagged element. */
const STATE = "data-permission-state";

/** Holds an instance for a provider. Until the instance is there, only the page's own document grants. */
export class Holder {
  /** The instance, once it is there. */
  permissions: AnyPermissions | undefined;
  readonly #given: GivenPermissions | undefined;
  readonly #listeners = new Set<() => void>();
  /** Answers before the instance is there. */
  readonly #hydration: Hydration | undefined;
  /** An instance has been there: the page's own document is outdated. */
  #isTaken = false;
  /** An instance has found out itself who is signed in. */
  #isKnown = false;
  #isFailed = false;
  #begin: (() => void) | undefined;

  constructor(given: GivenPermissions | undefined, dehydrated?: Dehydrated | null) {
    this.#given = given;
    this.#hydration = dehydrated ? new Hydration(dehydrated) : undefined;
    if (typeof given !== "object") return;
    // A promise may be rejected before `open`, which reports that: it is not unhandled.
    if ("then" in given) given.then(null, () => {});
    else this.permissions = given;
  }

  /** Calls the listener after every change of answers or status. Returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  /**
   * Waits for the instance, or makes it, and binds it to a root. Returns a function that ends this; it disposes only
   * of an instance that was made here.
   */
  open(root?: Document): () => void {
    const given = this.#given;
    if (given === undefined) return () => {};
    const isMade = typeof given === "function";
    let isOver = false;
    let closing = () => {};
    const take = (permissions: AnyPermissions) => {
      if (isOver) return isMade ? permissions.dispose() : undefined;
      const isFirst = !this.#isTaken;
      this.#isTaken = true;
      this.permissions = permissions;
      const binding = root && permissions.bind(root);
      const stop = permissions.subscribe(this.#tell);
      closing = () => (stop(), binding?.disconnect());
      this.#tell();
      // The document of the page is confirmed at once, if the instance has a source to ask.
      if (isFirst && this.#hydration && permissions.snapshot().source === "bootstrap") permissions.confirm();
    };
    const begin = async () => {
      this.#isFailed = false;
      try {
        take(await (isMade ? given(this.#hydration?.document) : given));
      } catch (cause) {
        if (isOver) return;
        this.#isFailed = true;
        console.error(cause);
        // No instance will confirm the states that the server wrote. A form may have a field of a method's name.
        for (const tagged of root ? select(`[${STATE}]`) : []) Element.prototype.removeAttribute.call(tagged, STATE);
        this.#tell();
      }
    };
    if (this.permissions) take(this.permissions);
    else void begin();
    this.#begin = isMade ? begin : undefined;
    return () => {
      isOver = true;
      closing();
      if (!isMade) return;
      this.permissions?.dispose();
      this.permissions = undefined;
    };
  }

  readonly #tell = (): void => {
    if (this.permissions) this.#isKnown ||= !this.#isBeginning;
    for (const listener of [...this.#listeners]) listener();
  };

  /** Whether a requirement is granted. */
  can(requirement: string, where?: Where): boolean {
    return this.permissions ? isGranted(this.permissions, requirement, where) : this.#before(requirement, where) === "granted";
  }

  verdict(requirement: string, where?: Where): Verdict {
    return this.permissions && !this.#isStillNobody ? verdictOf(this.permissions, requirement, where) : this.#before(requirement, where);
  }

  /** The verdict in the page that the server rendered, whatever has changed since: for a part that is being hydrated. */
  first(requirement: string, where?: Where): Verdict {
    if (!this.#hydration) return "unknown";
    return this.#hydration.isNobody ? "unauthenticated" : this.#hydration.outcome(requirement, where);
  }

  /** The status of the set; `loading` until the instance is there. */
  get status(): Status {
    if (this.#isStillNobody) return this.firstStatus;
    return this.permissions?.status ?? (this.#isFailed ? "failed" : this.#isTaken ? "loading" : this.firstStatus);
  }

  /** The status of the page that the server rendered. */
  get firstStatus(): Status {
    return !this.#hydration ? "loading" : this.#hydration.isNobody ? "unauthenticated" : "fresh";
  }

  /** The user of the set; undefined while there is none, and where the source does not name the user. */
  get subject(): string | undefined {
    // After a failure, and once an instance has been there, the page's own data do not count.
    return this.permissions ? (this.permissions.snapshot().subject ?? undefined) : this.status === this.firstStatus ? this.firstSubject : undefined;
  }

  /** The user for whom the server rendered the page. */
  get firstSubject(): string | undefined {
    return this.#hydration?.subject;
  }

  /** The decisions that were made since the last call, for a page that is streamed. */
  unsent(): string {
    return this.#hydration?.unsent() ?? "";
  }

  /** The server knew that nobody is signed in, and no instance has found out yet who is. */
  get #isStillNobody(): boolean {
    return !this.#isKnown && this.#isBeginning && this.#hydration?.isNobody === true;
  }

  /** The instance does not know yet who is signed in. */
  get #isBeginning(): boolean {
    return this.permissions?.status === "loading" || this.permissions?.status === "idle";
  }

  /** The verdict before the instance is there. */
  #before(requirement: string, where: Where): Verdict {
    if (this.#isFailed) return "failed";
    const isBelieved = this.#isStillNobody || (!this.#isTaken && (this.#hydration?.isNobody || this.#hydration?.document));
    return isBelieved ? this.first(requirement, where) : "unknown";
  }

  /** Tries again after a failure: asks the endpoint, or makes the instance again. */
  readonly retry = (): void => {
    if (this.permissions) void this.permissions.refresh();
    else if (this.#isFailed) this.#begin?.();
  };
}

/**
 * Takes a region from view and use without taking it out of the document, so that values in its fields stay. Returns a
 * function that opens it again, with the focus where it was.
 */
export function shut(region: HTMLElement): () => void {
  const page = region.ownerDocument;
  const focused = region.contains(page.activeElement) ? (page.activeElement as HTMLElement) : null;
  const { display } = region.style;
  region.inert = true;
  region.style.setProperty("display", "none", "important");
  return () => {
    region.inert = false;
    region.style.display = display;
    // Only if no other element was focused meanwhile.
    if (page.activeElement === page.body) focused?.focus({ preventScroll: true });
  };
}
