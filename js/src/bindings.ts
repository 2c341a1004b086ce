/** The bindings of one instance: the functions that the page provides to the module's binder, and the objects that applications hold. */

import type { Engine, PageHands } from "#glue";
import { Nodes } from "#nodes";
import { type Checked, said, shown } from "./answers.js";
import { missing, refusal } from "./chunks.js";
import { type ErrorCode, PermgateError, argument } from "./errors.js";
import { lookForCloak } from "./cloak.js";
import type { Binding, BoundElement, Decision, Messages, PermissionMode } from "./types.js";
import type { UsesEngine } from "./uses.js";
import { inOwnZone } from "./zone.js";

/** The parts of its instance that a binding needs. */
export interface Owner extends UsesEngine {
  check(requirement: string, resource: string | undefined): Decision;
  report(error: PermgateError): void;
}

/** Documents, fragments (among them shadow roots) and elements (WHATWG DOM §4.4). */
const ROOTS: readonly unknown[] = [9, 11, 1];

/** A bound element as the module returns it. */
type Row = Omit<BoundElement, "state" | "decision"> & { readonly decision: Checked };

/** The module's handle of a bound root. */
type Bound = ReturnType<Engine["bind"]>;

/** The elements of a bound root. */
type Elements = InstanceType<typeof Nodes>;

/** A bound root, which outlives a crash of the module. */
interface Hold {
  readonly root: Node;
  page: PageHands;
  nodes: Elements | undefined;
  /** Undefined while there is no module. */
  bound: Bound | undefined;
}

// Taken from the prototype, since a form may have a field of that name; read once, since the module takes its methods
// once, too: nodes of a DOM that is set up later are not recognised.
const nodeType = typeof Node === "function" ? Object.getOwnPropertyDescriptor(Node.prototype, "nodeType")?.get : undefined;

export class Bindings {
  readonly #owner: Owner;
  readonly #modes: PageHands["modes"];
  readonly #holds = new Set<Hold>();
  #isChunkReported = false;

  constructor(owner: Owner, modes: Readonly<Record<string, PermissionMode>> = {}, messages?: Messages) {
    this.#owner = owner;
    this.#modes = Object.fromEntries(
      Object.entries(modes).map(([name, given]) => {
        const mode = inOwnZone(given);
        return [name, (element, checked) => mode(element, said(messages, shown(checked as Checked)))];
      }),
    );
  }

  /** @throws PermgateError `invalid-argument` when there is no DOM, or the root is not a node of it */
  bind(root: Node): Binding {
    if (!ROOTS.includes(typeOf(root))) {
      throw argument("`bind` needs a document, shadow root or element, of a DOM older than the import of permgate");
    }
    const hold: Hold = { root, page: this.#page(), nodes: undefined, bound: undefined };
    // If the module crashes in the middle, the root is given up, too.
    this.#holds.add(hold);
    this.#begin(hold);
    lookForCloak(root);
    return {
      get size() {
        return hold.nodes?.size ?? 0;
      },
      refresh: () => this.#owner.use(() => hold.bound && hold.nodes?.refresh(), undefined),
      report: () => this.#rows(this.#owner.use(() => hold.bound && (hold.nodes?.report() as Row[]), undefined)),
      disconnect: () => {
        this.#holds.delete(hold);
        this.#owner.use(() => hold.bound?.disconnect(), undefined);
        hold.bound = hold.nodes = undefined;
        // The module may be gone.
        hold.page.stop?.(true);
      },
    };
  }

  /** The module is gone: nothing that is bound stays granted. */
  giveUp(): void {
    for (const hold of this.#holds) {
      hold.bound = undefined;
      hold.page.stop?.(false);
    }
  }

  /** There is a module again. */
  again(): void {
    for (const hold of this.#holds) {
      hold.page.stop?.(true);
      hold.page = this.#page();
      this.#begin(hold);
    }
  }

  /** The instance is disposed of: bindings refer to elements, so no reference to them is kept. */
  letGo(): void {
    this.#holds.clear();
  }

  #begin(hold: Hold): void {
    this.#owner.use((engine) => {
      const nodes = (hold.nodes = new Nodes(hold.root, hold.page));
      const bound = (hold.bound = engine.bind(nodes));
      // INVARIANT: the elements of one run of the module never ask another run.
      const ask = <Answer>(question: () => Answer) => (hold.bound === bound ? this.#owner.use(question, undefined) : undefined);
      nodes.begin({
        learn: (asked, texts, freed) => ask(() => bound.learn(asked, texts, freed)),
        explain: (key) => ask(() => bound.explain(key)),
        complain: () => ask(() => bound.complain()),
      });
    }, undefined);
  }

  /** The functions that the page provides to a binding. While something is bound, they hold the instance. */
  #page(): PageHands {
    return {
      modes: this.#modes,
      refusal: { now: refusal.now, load: () => refusal.load((cause) => this.#chunkFailed(cause)) },
      report: (code, message, element, cause) => {
        const details = cause === undefined ? { element } : { element, cause };
        this.#owner.report(new PermgateError(code as ErrorCode, message, details));
      },
    };
  }

  /** Reports once that the chunk could not be loaded, however often it is tried again. */
  #chunkFailed(cause: unknown): void {
    if (this.#isChunkReported) return;
    this.#isChunkReported = true;
    const message = missing("refusal.js", "elements with `data-permission-mode` stay hidden", cause);
    this.#owner.report(new PermgateError("chunk", message, { cause }));
  }

  #rows(rows: Row[] | undefined): readonly BoundElement[] {
    return (rows ?? []).map(({ decision: checked, ...row }) => {
      const isMalformed = checked.reason === "malformed-requirement";
      // A second call returns what is wrong with the requirement.
      const decision = isMalformed ? this.#owner.check(row.requirement, row.resource ?? undefined) : shown(checked);
      return { ...row, state: decision.outcome, decision };
    });
  }
}

/** The type of a node of any realm; undefined for anything else, and without a DOM. */
function typeOf(root: unknown): unknown {
  try {
    return nodeType?.call(root);
  } catch {
    return undefined;
  }
}
