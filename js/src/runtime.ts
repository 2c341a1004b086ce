/** A running module, which its instances share: when it crashes, all of them lose it, and get a fresh one. */

import { Engine, abandon, restart } from "#glue";
import { PermgateError } from "./errors.js";
import { outside } from "./zone.js";

/** How often the module is restarted within a minute: if it crashes more often, a restart does not help. */
const RESTARTS_MAX = 3;
const MINUTE_MS = 60_000;

/** More instances than one page needs. */
const CROWD = 20;

// Kept from the beginning: the clock of a page or test may be what crashed.
const { now } = Date;
const { setTimeout } = globalThis;

/** A user of the module: one instance. */
export interface Member {
  /** The module crashed: nothing is granted. If that is final, no other module follows. */
  crashed(error: PermgateError, isFinal: boolean): void;
  /** A fresh module is running. */
  restarted(): void;
}

/** The surroundings of a member, which do not refer to it. */
interface Around {
  end(): void;
}

interface Membership {
  readonly member: WeakRef<Member>;
  readonly around: Around;
}

/** @internal The functions that call one build of the module. */
export interface Glue {
  readonly Engine: typeof Engine;
  readonly abandon: typeof abandon;
  readonly restart: typeof restart;
}

export class Runtime {
  /** @internal */
  readonly glue: Glue;
  readonly #memberships = new Set<Membership>();
  readonly #collected = new FinalizationRegistry<Membership>((membership) => this.#leave(membership));
  /** When the module was restarted, in milliseconds since 1970. */
  #restarts: number[] = [];
  #crash: PermgateError | undefined;
  #isFinal = false;

  /** @internal */
  constructor(glue: Glue) {
    this.glue = glue;
  }

  /**
   * Tells an instance of crashes from here on, until the returned function is called. The instance may be collected
   * when nothing else holds it: then its surroundings end.
   */
  join(member: Member, around: Around): () => void {
    const membership = { member: new WeakRef(member), around };
    this.#memberships.add(membership);
    if (this.#memberships.size === CROWD && globalThis.document) {
      console.warn(`permgate: ${CROWD} instances live on this page; make one outside of the components that render, and \`dispose()\` of those that are done`);
    }
    this.#collected.register(member, membership, membership);
    return this.#leaving(membership);
  }

  // Outside `join`, whose scope contains the member.
  #leaving(membership: Membership): () => void {
    return () => {
      this.#collected.unregister(membership);
      this.#memberships.delete(membership);
    };
  }

  /**
   * Calls the module without an instance.
   *
   * @throws PermgateError `crashed`
   */
  call<Answer>(call: () => Answer): Answer {
    this.require();
    try {
      return call();
    } catch (cause) {
      this.crashed(cause);
      throw this.#crash;
    }
  }

  /**
   * Makes sure that the module is running; restarts it if it crashed.
   *
   * @throws PermgateError `crashed` when it crashed too often
   */
  require(): void {
    if (this.#crash && !this.#isFinal) this.#restart();
    if (this.#crash) throw this.#crash;
  }

  /** Handles a crash: the module is not believed any more. */
  crashed(cause: unknown): void {
    if (this.#crash) return;
    this.glue.abandon();
    const recent = this.#restarts.filter((at) => Math.abs(now() - at) < MINUTE_MS);
    this.#isFinal = recent.length >= RESTARTS_MAX;
    this.#restarts = recent;
    const what = this.#isFinal
      ? "the module crashed too often; nothing is granted until the page is reloaded"
      : "the module crashed; nothing is granted until a fresh one has loaded the permissions";
    const error = new PermgateError("crashed", what, { cause });
    this.#crash = error;
    // Held until they have a module again: meanwhile nothing else may hold them.
    const members = this.#tell((member) => member.crashed(error, this.#isFinal));
    if (!this.#isFinal) outside(() => Reflect.apply(setTimeout, globalThis, [() => members && this.#restart(), 0]));
  }

  #restart(): void {
    if (!this.#crash || this.#isFinal) return;
    this.#restarts.push(now());
    this.#crash = undefined;
    try {
      this.glue.restart();
    } catch (cause) {
      return this.crashed(cause);
    }
    this.#tell((member) => !this.#crash && member.restarted());
  }

  /** Tells all members, whatever happens to one of them: the page's own code may run in between. */
  #tell(tell: (member: Member) => unknown): Member[] {
    const members = [...this.#memberships].flatMap(({ member }) => member.deref() ?? []);
    for (const member of members) {
      try {
        tell(member);
      } catch (cause) {
        console.error(cause);
      }
    }
    return members;
  }

  #leave(membership: Membership): void {
    this.#memberships.delete(membership);
    membership.around.end();
  }
}

/** Each copy of the package has one for the build that its entry contains. */
export const runtime = new Runtime({ Engine, abandon, restart });
