/** The bindings of one instance: what the page lends to the module's hands, and what applications hold. */

import type { Engine, PageHands } from "#glue";
import { type Checked, shown } from "./answers.js";
import { type ErrorCode, PermgateError, argument } from "./errors.js";
import type { Binding, BoundElement, Decision, PermissionMode } from "./types.js";

/** What a binding needs of its instance. */
export interface Owner {
  /** Calls the module, if it is there. */
  use<Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise): Answer | Otherwise;
  check(requirement: string, resource: string | undefined): Decision;
  report(error: PermgateError): void;
}

/** Documents, fragments (among them shadow roots) and elements (WHATWG DOM §4.4). */
const ROOTS: readonly unknown[] = [9, 11, 1];

/** What the module says of a bound element. */
type Row = Omit<BoundElement, "state" | "decision"> & { readonly decision: Checked };

export class Bindings {
  readonly #owner: Owner;
  readonly #modes: PageHands["modes"];
  readonly #pages = new Set<PageHands>();

  constructor(owner: Owner, modes: Readonly<Record<string, PermissionMode>> = {}) {
    this.#owner = owner;
    this.#modes = Object.fromEntries(
      Object.entries(modes).map(([name, mode]) => [name, (element, checked) => mode(element, shown(checked as Checked))]),
    );
  }

  /** @throws PermgateError `invalid-argument` when there is no DOM or the root is no node of it */
  bind(root: Node): Binding {
    if (!ROOTS.includes(typeOf(root))) throw argument("`bind` needs a document, shadow root or element");
    const page: PageHands = {
      modes: this.#modes,
      report: (code, message, element, cause) => {
        const details = cause === undefined ? { element } : { element, cause };
        this.#owner.report(new PermgateError(code as ErrorCode, message, details));
      },
    };
    // What crashes in the middle is given up, too.
    this.#pages.add(page);
    let inner = this.#owner.use((engine) => engine.bind(root, page), undefined);
    return {
      get size() {
        return inner?.size ?? 0;
      },
      refresh: () => this.#owner.use(() => inner?.refresh(), undefined),
      report: () => this.#rows(this.#owner.use(() => inner?.report() as Row[] | undefined, undefined)),
      disconnect: () => {
        this.#pages.delete(page);
        this.#owner.use(() => inner?.disconnect(), undefined);
        inner = undefined;
        // The module may be gone.
        page.stop?.(true);
      },
    };
  }

  /** The module is gone: nothing that is bound stays granted. */
  giveUp(): void {
    for (const page of this.#pages) page.stop?.(false);
    this.#pages.clear();
  }

  /** The instance is disposed of: its bindings lead to elements, and nothing may lead to them. */
  letGo(): void {
    this.#pages.clear();
  }

  #rows(rows: Row[] | undefined): readonly BoundElement[] {
    return (rows ?? []).map(({ decision: checked, ...row }) => {
      const isMalformed = checked.reason === "malformed-requirement";
      // What is wrong with it, a second look says.
      const decision = isMalformed ? this.#owner.check(row.requirement, row.resource ?? undefined) : shown(checked);
      return { ...row, state: decision.outcome, decision };
    });
  }
}

/** The type of a node of whatever realm; undefined for anything else, and without a DOM. */
function typeOf(root: unknown): unknown {
  try {
    // Taken from the prototype: a form may have a field of that name.
    return Object.getOwnPropertyDescriptor(Node.prototype, "nodeType")?.get?.call(root);
  } catch {
    return undefined;
  }
}
