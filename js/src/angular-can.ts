/** Angular's structural directive `*permgateCan`, with templates that are shown instead. */

import * as i0 from "@angular/core";
import { type EmbeddedViewRef, type Signal, TemplateRef, ViewContainerRef, computed, effect, inject, signal, untracked } from "@angular/core";
import { type Verdict, shut } from "./adapter.js";
import { type Held, follow, injectHeld } from "./angular-held.js";
import type { RequirementOf } from "./names.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";

/** The context of templates that are shown instead: `let-status`, and `let-retry="retry"` to try again after a failure. */
export interface PermgateContext {
  readonly $implicit: Status;
  readonly retry: () => void;
}

/** A template that is shown instead; none if it is null or undefined. */
export type InsteadTemplate = TemplateRef<PermgateContext> | null | undefined;

/** One view of a container, which shows the template that was given last. */
export class Instead {
  readonly #container: ViewContainerRef;
  readonly #context: PermgateContext;
  #shown: InsteadTemplate;
  #view: EmbeddedViewRef<PermgateContext> | undefined;

  constructor(container: ViewContainerRef, held: Held) {
    this.#container = container;
    const status = follow(held, (holder) => holder.status);
    const { retry } = held.holder;
    this.#context = {
      get $implicit() {
        return status();
      },
      retry,
    };
  }

  show(template: InsteadTemplate): void {
    if (template === this.#shown) return;
    this.#shown = template;
    this.#view?.destroy();
    this.#view = template ? this.#container.createEmbeddedView(template, this.#context, { index: 0 }) : undefined;
  }
}

/**
 * Renders its element if a requirement is granted: `*permgateCan="'quote:edit'; on: 'quotes/' + id; else: no; pending:
 * wait"`. With `keep: true`, an element that was rendered stays while the answer is unknown, out of view and use, so
 * that values in its fields are kept.
 */
export class PermgateCan<Text extends string> {
  readonly #requirement = signal("");
  readonly #on = signal<string | undefined>(undefined);
  readonly #somewhere = signal(false);
  readonly #else = signal<InsteadTemplate>(undefined);
  readonly #pending = signal<InsteadTemplate>(undefined);
  readonly #keep = signal(false);

  /** The requirement. */
  set permgateCan(requirement: RequirementOf<Text, RegisteredName>) {
    this.#requirement.set(requirement);
  }
  /** The resource of the question. */
  set permgateCanOn(resource: string | null | undefined) {
    this.#on.set(resource ?? undefined);
  }
  /** Asks whether the permission is granted on at least one resource; `on` is not used then. */
  set permgateCanSomewhere(somewhere: boolean | null | undefined) {
    this.#somewhere.set(somewhere ?? false);
  }
  /** The template that is shown instead. */
  set permgateCanElse(template: InsteadTemplate) {
    this.#else.set(template);
  }
  /** The template that is shown while the answer is unknown; by default that of `else`. */
  set permgateCanPending(template: InsteadTemplate) {
    this.#pending.set(template);
  }
  /** Whether the element stays while the answer is unknown. */
  set permgateCanKeep(keep: boolean | null | undefined) {
    this.#keep.set(keep ?? false);
  }

  constructor() {
    const held = injectHeld();
    const container = inject(ViewContainerRef);
    const template: TemplateRef<unknown> = inject(TemplateRef);
    const instead = new Instead(container, held);
    const about = computed(() => `${this.#requirement()}\n${this.#somewhere() ? "\n" : (this.#on() ?? "")}`);
    const verdict: Signal<Verdict> = follow(held, (holder) => holder.verdict(this.#requirement(), this.#somewhere() ? true : this.#on()));
    let page: EmbeddedViewRef<unknown> | undefined;
    let pageIsAbout = "";
    let open = () => {};
    const show = (verdict: Verdict, about: string, keep: boolean, otherwise: InsteadTemplate, pending: InsteadTemplate) => {
      // An answer that could not be loaded is not a refusal.
      const isUnknown = verdict === "unknown" || verdict === "failed";
      open();
      open = () => {};
      if (page && (about !== pageIsAbout || !(verdict === "granted" || (keep && isUnknown)))) {
        page.destroy();
        page = undefined;
      }
      if (verdict === "granted") {
        pageIsAbout = about;
        page ??= container.createEmbeddedView(template);
      } else if (page) {
        const opening = page.rootNodes.filter((node) => node instanceof HTMLElement).map(shut);
        open = () => opening.forEach((open) => open());
      }
      instead.show(verdict === "granted" ? undefined : isUnknown ? (pending ?? otherwise) : otherwise);
    };
    effect(() => {
      const now = [verdict(), about(), this.#keep(), this.#else(), this.#pending()] as const;
      untracked(() => show(...now));
    });
  }

  // The output of Angular's compiler for a directive in a library, written by hand: docs/decisions/0230.
  static ɵfac: i0.ɵɵFactoryDeclaration<PermgateCan<any>, never> = i0.ɵɵngDeclareFactory({
    minVersion: "12.0.0",
    version: "21.0.0",
    ngImport: i0,
    type: PermgateCan,
    deps: [],
    target: i0.ɵɵFactoryTarget.Directive,
  } as never) as never;
  static ɵdir: i0.ɵɵDirectiveDeclaration<
    PermgateCan<any>,
    "[permgateCan]",
    never,
    {
      "permgateCan": { alias: "permgateCan"; required: true };
      "permgateCanOn": { alias: "permgateCanOn"; required: false };
      "permgateCanSomewhere": { alias: "permgateCanSomewhere"; required: false };
      "permgateCanElse": { alias: "permgateCanElse"; required: false };
      "permgateCanPending": { alias: "permgateCanPending"; required: false };
      "permgateCanKeep": { alias: "permgateCanKeep"; required: false };
    },
    {},
    never,
    never,
    true,
    never
  > = i0.ɵɵngDeclareDirective({
    minVersion: "14.0.0",
    version: "21.0.0",
    type: PermgateCan,
    isStandalone: true,
    selector: "[permgateCan]",
    inputs: {
      permgateCan: "permgateCan",
      permgateCanOn: "permgateCanOn",
      permgateCanSomewhere: "permgateCanSomewhere",
      permgateCanElse: "permgateCanElse",
      permgateCanPending: "permgateCanPending",
      permgateCanKeep: "permgateCanKeep",
    },
    ngImport: i0,
  } as never) as never;
}
